// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.TimeAxis;

/**
 * A table whose rows are at equal steps of time: what was not there is a row of NaN.
 *
 * @param table the numbers
 * @param axis when its rows are; row 0 is the oldest row of the file
 * @param found what was found in the file
 */
public record TimedTable(Table table, TimeAxis axis, Found found) implements AutoCloseable {

  /**
   * What was found in a file.
   *
   * @param rows of the table that the file has
   * @param missing rows of the table that it does not have
   * @param gap most of these that follow each other
   * @param gapAt row where that gap begins; 0 without one
   * @param duplicates rows of the file whose time another row has
   * @param moved rows of the file that were not quite at their time
   * @param farthest how far the one that was farthest from it, in milliseconds
   * @param sorted whether the rows had to be sorted
   * @param unclear whether times have no offset, and nobody has said whose clocks they are of
   */
  public record Found(
      long rows,
      long missing,
      long gap,
      long gapAt,
      long duplicates,
      long moved,
      long farthest,
      boolean sorted,
      boolean unclear) {}

  @Override
  public void close() {
    table.close();
  }
}
