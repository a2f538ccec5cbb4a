// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import org.jspecify.annotations.Nullable;

/**
 * Rows of a table or a stream, and behind their columns what a model sees of their time, if it
 * does.
 */
public final class ClockRows implements Rows {
  private final Rows rows;
  private final int first;
  private final @Nullable Calendar calendar;
  private final @Nullable TimeAxis axis;
  private final double[] numbers;
  private long written = -1;

  /**
   * For one thread.
   *
   * @param rows read whenever something is asked for
   * @param columns how many they have
   * @param calendar what is seen of the time; null for nothing
   * @param axis when the rows are; null if nobody knows
   */
  public ClockRows(Rows rows, int columns, @Nullable Calendar calendar, @Nullable TimeAxis axis) {
    this.rows = rows;
    this.first = columns;
    this.calendar = calendar;
    this.axis = axis;
    this.numbers = new double[calendar == null ? 0 : calendar.count()];
  }

  /** Number of the first column that says the time. */
  public int first() {
    return first;
  }

  /** How many columns say it. */
  public int count() {
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
