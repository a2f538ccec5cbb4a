// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.predict.Rows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table that goes on: with predictions in place of its targets from some row on, and behind its
 * end with rows of another table that says what is known of the future.
 */
final class FutureRows implements Rows {
  private final Table table;
  private final long known;
  private final @Nullable Table future;
  private final int[] targets;
  private final int[] columns;
  private final double[][] predicted;

  /**
   * Nothing is predicted yet.
   *
   * @param known number of rows at the beginning whose targets are seen
   * @param future rows behind the end of the table, with some of its columns
   * @param window how many of the newest predicted rows are remembered
   */
  FutureRows(Table table, List<String> targets, long known, @Nullable Table future, int window) {
    this.table = table;
    this.known = known;
    this.future = future;
    this.targets = table.columns().stream().mapToInt(targets::indexOf).toArray();
    this.columns =
        table.columns().stream()
            .mapToInt(column -> future == null ? -1 : future.columns().indexOf(column))
            .toArray();
    this.predicted = new double[window][];
  }

  /** Takes a prediction. */
  void predicted(long row, double[] values) {
    predicted[(int) ((row - known) % predicted.length)] = values;
  }

  private boolean isPredicted(long row, int column) {
    return targets[column] >= 0 && row >= known;
  }

  @Override
  public double get(long row, int column) {
    if (isPredicted(row, column)) {
      double[] values = predicted[(int) ((row - known) % predicted.length)];
      return values == null ? Double.NaN : values[targets[column]];
    }
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
    while (at >= 0 && (isPredicted(at, column) || at >= table.rows())) {
      if (!Double.isNaN(get(at, column))) {
        return at;
      }
      at--;
    }
    return table.known(at, column);
  }

  @Override
  public long next(long row, int column) {
    return row < table.rows() && targets[column] < 0 ? table.next(row, column) : -1;
  }
}
