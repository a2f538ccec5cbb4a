// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Rows of named float64 columns, in the order of time: a meter of eight digits, or a small movement
 * on a large offset, is kept as it was measured. What a network sees is float32, after a {@link
 * Normalisation}.
 *
 * <p>A row takes 8 bytes a column. Small tables are on the heap; those above 256 MiB are in a
 * temporary file that is mapped into memory, so that a table may be larger than memory. Any number
 * of threads may read a table.
 */
public final class Table implements Rows, AutoCloseable {
  private final List<String> columns;
  private final Memory memory;
  private final MemorySegment values;
  private final int width;
  private final long rows;
  private final long skippedRows;
  private final AtomicReferenceArray<@Nullable MissingRuns> missing;

  /** A table over rows × columns numbers, which it closes. */
  Table(List<String> columns, Memory memory, long skippedRows) {
    this.columns = List.copyOf(columns);
    this.memory = memory;
    this.values = memory.segment();
    this.width = columns.size();
    this.rows = values.byteSize() / Double.BYTES / width;
    this.skippedRows = skippedRows;
    this.missing = new AtomicReferenceArray<>(width);
  }

  /**
   * A table of numbers that are in memory already.
   *
   * @param columns names, all different, at least one
   * @param values rows × columns, shared and not modified
   * @throws IllegalArgumentException if the numbers do not fill whole rows
   */
  public static Table of(List<String> columns, double... values) {
    requireDifferent(columns);
    if (values.length % columns.size() != 0) {
      throw new IllegalArgumentException(
          "%s values do not fill rows of %s columns".formatted(values.length, columns.size()));
    }
    return new Table(columns, Memory.heap(MemorySegment.ofArray(values)), 0);
  }

  /** Names of the columns, in order. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Index of a column.
   *
   * @throws IllegalArgumentException if there is no such column; the message lists those there are
   */
  public int column(String name) {
    int index = columns.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no column '%s'; there are %s".formatted(name, quoted(columns)));
    }
    return index;
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** One number; NaN where it is missing. */
  @Override
  public double get(long row, int column) {
    Objects.checkIndex(row, rows);
    Objects.checkIndex(column, width);
    return values.getAtIndex(ValueLayout.JAVA_DOUBLE, row * width + column);
  }

  @Override
  public long known(long row, int column) {
    return missing(column).before(row);
  }

  @Override
  public long next(long row, int column) {
    return missing(column).after(row);
  }

  /** The same rows, after whose last one everything is missing. */
  public Rows andNothingAfter() {
    return new Rows() {
      @Override
      public double get(long row, int column) {
        return row < rows ? Table.this.get(row, column) : Double.NaN;
      }

      @Override
      public long known(long row, int column) {
        return Table.this.known(row, column);
      }

      @Override
      public long next(long row, int column) {
        return Table.this.next(row, column);
      }
    };
  }

  /** How many numbers of a column are missing in some rows. */
  public long missing(int column, Range range) {
    range.requireWithin(rows, "rows");
    long count = 0;
    for (long row = range.from(); row < range.to(); row++) {
      count += Double.isNaN(get(row, column)) ? 1 : 0;
    }
    return count;
  }

  private MissingRuns missing(int column) {
    MissingRuns found = missing.get(column);
    if (found == null) {
      found = MissingRuns.of(this, column);
      missing.set(column, found);
    }
    return found;
  }

  /** How many bad rows were left out when the table was read. */
  public long skippedRows() {
    return skippedRows;
  }

  /** Gives the memory back; the table must not be read any more. */
  @Override
  public void close() {
    memory.close();
  }

  /** Whether the numbers are on the heap. */
  boolean onHeap() {
    return values.heapBase().isPresent();
  }

  /** Refuses an empty list of columns, and names that occur twice. */
  static void requireDifferent(List<String> columns) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("at least one column is needed, found none");
    }
    for (int i = 0; i < columns.size(); i++) {
      if (columns.indexOf(columns.get(i)) < i) {
        throw new IllegalArgumentException(
            "column '%s' is named twice in %s".formatted(columns.get(i), quoted(columns)));
      }
    }
  }

  /** Names for a message: {@code 'a', 'b'}; of very many, the first ones. */
  static String quoted(List<String> names) {
    int shown = Math.min(names.size(), 30);
    String list = "'" + String.join("', '", names.subList(0, shown)) + "'";
    return shown == names.size() ? list : list + " and %s more".formatted(names.size() - shown);
  }
}
