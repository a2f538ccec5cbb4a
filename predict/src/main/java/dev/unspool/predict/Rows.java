// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/**
 * Numbers by row and column, a row a step of time: a table in memory, or the newest of a stream.
 */
@FunctionalInterface
public interface Rows {
  /**
   * One number, in the column's own units.
   *
   * @param row from 0; rows are at equal steps of time
   * @return NaN where it is missing, or not known yet
   */
  double get(long row, int column);

  /**
   * The newest row, not after {@code row}, in which a column is known. Whoever has long gaps, or
   * forgets its oldest rows, answers without looking at each of them.
   *
   * @return −1 if there is none
   */
  default long known(long row, int column) {
    long at = row;
    while (at >= 0 && Double.isNaN(get(at, column))) {
      at--;
    }
    return at;
  }

  /** The newest number of a column, not after {@code row}, that is not missing; NaN if none is. */
  default double newest(long row, int column) {
    long known = known(row, column);
    return known < 0 ? Double.NaN : get(known, column);
  }

  /**
   * The next row after {@code row} in which a column is known.
   *
   * @return −1 if there is none, as far as anybody knows yet: a stream always says so
   */
  default long next(long row, int column) {
    return -1;
  }
}
