// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import dev.unspool.predict.Rows;

/**
 * The unit of the mean absolute scaled error: the mean size of the error that repeating an earlier
 * value makes in the training part, {@code mean |y_t − y_(t−m)|}. MASE is the mean size of an error
 * in this unit, so that 1 is as good as that, and series of different units can be compared
 * (Hyndman and Koehler, "Another look at measures of forecast accuracy", 2006, section 4).
 */
public final class NaiveScale {
  private NaiveScale() {}

  /**
   * The unit.
   *
   * @param column of the rows; pairs of which one is missing are left out
   * @param from first row of the training part
   * @param to one after its last
   * @param season m in rows; 1 for the newest value
   * @return NaN if there are no pairs; 0 of a constant
   */
  public static double of(Rows rows, int column, long from, long to, int season) {
    double sum = 0;
    long count = 0;
    for (long row = from + season; row < to; row++) {
      double move = rows.get(row, column) - rows.get(row - season, column);
      if (!Double.isNaN(move)) {
        sum += Math.abs(move);
        count++;
      }
    }
    return sum / count;
  }
}
