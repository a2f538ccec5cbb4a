// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.predict.Calendar;
import dev.unspool.predict.Rows;
import dev.unspool.predict.TimeAxis;
import org.jspecify.annotations.Nullable;

/** Rows of a table, and behind its columns what a network sees of their time, if it does. */
final class ClockRows implements Rows {
  private final Rows rows;
  private final int first;
  private final @Nullable Calendar calendar;
  private final @Nullable TimeAxis axis;
  private final double[] numbers;
  private long written = -1;

  ClockRows(SeriesData data, Rows rows) {
    this.rows = rows;
    this.first = data.table().columns().size();
    this.calendar = data.seen().features().calendar();
    this.axis = data.axis();
    this.numbers = new double[calendar == null ? 0 : calendar.count()];
  }

  /** Number of the first column that says the time. */
  int first() {
    return first;
  }

  /** How many columns say it. */
  int count() {
    return numbers.length;
  }

  @Override
  public double get(long row, int column) {
    if (column < first || calendar == null || axis == null) {
      return rows.get(row, column);
    }
    if (row != written) {
      calendar.write(axis.local(row), numbers, 0);
      written = row;
    }
    return numbers[column - first];
  }

  @Override
  public long known(long row, int column) {
    return column < first ? rows.known(row, column) : row;
  }

  @Override
  public long next(long row, int column) {
    return column < first ? rows.next(row, column) : row + 1;
  }
}
