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
}
