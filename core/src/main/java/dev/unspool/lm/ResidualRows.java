// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** Receives the rows of a Jacobian. */
@FunctionalInterface
public interface ResidualRows {
  /**
   * One residual.
   *
   * @param index from 0 to {@link Residuals#count()}, in order
   * @param residual its value
   * @param values the array in which its derivative stands; not modified, not kept
   * @param offset of the first of as many values as there are parameters
   */
  void accept(int index, double residual, double[] values, int offset);
}
