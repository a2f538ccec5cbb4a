// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param forward what seems to be missing because clocks were put forward, if nobody has said
   *     whose they are; null if nothing seems so
   * @param offsets two of the offsets that the times say, if they do not all say the same
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
      boolean unclear,
      @Nullable Forward forward,
      @Nullable Offsets offsets) {}

  /**
   * Offsets that change, as those of clocks do that are put forward and back.
   *
   * @param first of the first row
   * @param other the first that is another
   */
  public record Offsets(ZoneOffset first, ZoneOffset other) {}

  /**
   * An hour that is missing as where clocks are put forward.
   *
   * @param row its first row
   * @param zone a place whose clocks left it out
   */
  public record Forward(long row, ZoneId zone) {}

  /**
   * This table behind an earlier one: its own rows count where both have some, and what lies
   * between them is a gap.
   *
   * @param earlier on the same axis; row 0 of the new table is its row 0
   * @return a table of its own, which the caller closes
   * @throws IllegalArgumentException if this one begins before the earlier one, or has other
   *     columns
   */
  public Table behind(TimedTable earlier) throws IOException {
    long first = earlier.axis.row(axis.origin());
    List<String> columns = table.columns();
    if (first < 0 || !columns.equals(earlier.table.columns())) {
      throw new IllegalArgumentException(
          "a table from %s on with the columns %s does not go behind one from %s on with %s"
              .formatted(axis.label(0), columns, earlier.axis.label(0), earlier.table.columns()));
    }
    double[] row = new double[columns.size()];
    try (var sink = new RowSink.All(SegmentWriter.HEAP_LIMIT)) {
      for (long at = 0; at < first + table.rows(); at++) {
        for (int i = 0; i < row.length; i++) {
          row[i] =
              at >= first
                  ? table.get(at - first, i)
                  : at < earlier.table.rows() ? earlier.table.get(at, i) : Double.NaN;
        }
        sink.add(row);
      }
      return sink.finish(columns, table.skippedRows());
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
