// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/**
 * What an output says about a target.
 *
 * @param name of the column
 * @param column its number in the table
 * @param input its number among the inputs where the network predicts the change of the newest
 *     value, −1 where it predicts the level
 * @param known whether its newest value is known where the next one is predicted
 * @param mean of the training part
 * @param deviation of the training part
 * @param change what an output of 1 moves the target by, in deviations
 */
record TargetScale(
    String name,
    int column,
    int input,
    boolean known,
    double mean,
    double deviation,
    double change) {

  /** The target in its own units. */
  double level(double output, double newest) {
    return input < 0 ? mean + deviation * output : newest + deviation * change * output;
  }

  /** What the network should say of a value in the target's own units. */
  double output(double value, double newest) {
    return input < 0 ? (value - mean) / deviation : (value - newest) / unit();
  }

  /** How far one unit of the output moves the target. */
  double unit() {
    return deviation * change;
  }
}
