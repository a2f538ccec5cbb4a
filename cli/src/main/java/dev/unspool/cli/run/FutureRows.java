// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.predict.Rows;
import org.jspecify.annotations.Nullable;

/** A table, and behind its end the rows of another one that says what is known of the future. */
final class FutureRows implements Rows {
  private final Table table;
  private final @Nullable Table future;
  private final int[] columns;

  /**
   * Both.
   *
   * @param future with some of the table's columns
   */
  FutureRows(Table table, @Nullable Table future) {
    this.table = table;
    this.future = future;
    this.columns =
        table.columns().stream()
            .mapToInt(column -> future == null ? -1 : future.columns().indexOf(column))
            .toArray();
  }

  @Override
  public double get(long row, int column) {
    if (row < table.rows()) {
      return table.get(row, column);
    }
    long later = row - table.rows();
    return future == null || columns[column] < 0 || later >= future.rows()
        ? Double.NaN
        : future.get(later, columns[column]);
  }

  @Override
  public long known(long row, int column) {
    long at = row;
    while (at >= table.rows()) {
      if (!Double.isNaN(get(at, column))) {
        return at;
      }
      at--;
    }
    return table.known(at, column);
  }

  @Override
  public long next(long row, int column) {
    return row < table.rows() ? table.next(row, column) : -1;
  }
}
