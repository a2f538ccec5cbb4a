// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.predict.Rows;
import org.jspecify.annotations.Nullable;

/**
 * A table, and another one that says what is known of the future: behind the end of the first, and
 * in those of its rows that are to be predicted where it has no number itself.
 */
final class FutureRows implements Rows {
  private final Table table;
  private final @Nullable Table future;
  private final long first;
  private final int[] columns;

  /**
   * Both.
   *
   * @param future with some of the table's columns
   * @param first row of the table that the first of the future is
   */
  FutureRows(Table table, @Nullable Table future, long first) {
    this.table = table;
    this.future = future;
    this.first = first;
    this.columns =
        table.columns().stream()
            .mapToInt(column -> future == null ? -1 : future.columns().indexOf(column))
            .toArray();
  }

  @Override
  public double get(long row, int column) {
    double own = row < table.rows() ? table.get(row, column) : Double.NaN;
    if (!Double.isNaN(own) || future == null || columns[column] < 0) {
      return own;
    }
    long later = row - first;
    return later < 0 || later >= future.rows() ? Double.NaN : future.get(later, columns[column]);
  }

  @Override
  public long known(long row, int column) {
    long own = table.known(row, column);
    if (future == null || columns[column] < 0 || row < first) {
      return own;
    }
    long later = future.known(row - first, columns[column]);
    return later < 0 ? own : Math.max(own, first + later);
  }

  @Override
  public long next(long row, int column) {
    long own = table.next(row, column);
    if (future == null || columns[column] < 0) {
      return own;
    }
    long later = future.next(Math.max(row - first, -1), columns[column]);
    return later < 0 ? own : own < 0 ? first + later : Math.min(own, first + later);
  }
}
