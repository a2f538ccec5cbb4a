// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Told of what a network says of the rows of a table. */
@FunctionalInterface
interface PredictionListener {
  /**
   * A prediction whose truth is known.
   *
   * @param origin the newest row that was seen
   * @param target number of the target
   * @param horizon number of the horizon
   * @param outputs of the network at the origin, to be read by {@link CsvConfig#outputs}; valid
   *     until the call returns
   * @param at where they begin
   * @param newest newest known value of the target; NaN if there is none
   */
  void predicted(long origin, int target, int horizon, float[] outputs, int at, double newest);
}
