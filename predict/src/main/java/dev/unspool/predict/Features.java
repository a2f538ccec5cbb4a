// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model sees of the rows of a table: some of their columns, filled where they are missing
 * and scaled; for some a flag that says so; and the time. All of it is known at the row itself, but
 * for columns that are known ahead.
 *
 * <p>The numbers of a row are in this order: the columns, a flag for each column that has one (1
 * where the number was missing), the calendar.
 *
 * @param columns that are read, at least one
 * @param calendar what is seen of the time; null for nothing
 * @param calendarAhead of which row: so many rows later than the newest one
 * @param gap a row after more empty ones than these is a new beginning; −1: none is
 */
public record Features(
    List<Column> columns, @Nullable Calendar calendar, int calendarAhead, long gap) {

  /**
   * A number of a row, as {@code (value − mean) / deviation}.
   *
   * @param name of the column
   * @param column its number in the {@link Rows}
   * @param ahead it is read so many rows later, where it is known already
   * @param mean what becomes 0
   * @param deviation what becomes 1, above 0
   * @param fill what stands for a missing one
   * @param flag whether there is a further number that says so
   */
  public record Column(
      String name, int column, int ahead, double mean, double deviation, Fill fill, boolean flag) {
    /** Checks the numbers. */
    public Column {
      if (column < 0 || ahead < 0 || !Double.isFinite(mean) || !(deviation > 0)) {
        throw new IllegalArgumentException(
            "column '%s' needs a number, rows ahead of at least 0, a mean and a deviation above 0, found %s, %s, %s and %s"
                .formatted(name, column, ahead, mean, deviation));
      }
    }

    private String label() {
      return ahead == 0 ? name : "%s +%s".formatted(name, ahead);
    }
  }

  /** Checks the parts. */
  public Features {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || calendarAhead < 0 || gap < -1) {
      throw new IllegalArgumentException(
          "features need a column, a calendar at least 0 rows ahead and a gap of at least 0 rows (−1: none), found %s, %s and %s"
              .formatted(columns, calendarAhead, gap));
    }
  }

  /** How many numbers a model sees of a row. */
  public int count() {
    return columns.size() + flags() + (calendar == null ? 0 : calendar.count());
  }

  private int flags() {
    return (int) columns.stream().filter(Column::flag).count();
  }

  /** What each number is called: {@code load}, {@code load missing}, {@code hour sin 1}. */
  public List<String> names() {
    var names = new ArrayList<String>();
    columns.forEach(column -> names.add(column.label()));
    columns.stream().filter(Column::flag).forEach(column -> names.add(column.label() + " missing"));
    if (calendar != null) {
      names.addAll(calendar.names());
    }
    return names;
  }

  /** How many rows after the newest one something is read. */
  public int reach() {
    return columns.stream().mapToInt(Column::ahead).max().orElse(0);
  }

  /**
   * Looks at rows.
   *
   * @param rows read whenever something is asked for
   * @param axis where they are in time; null if nobody knows, and there is no calendar
   */
  public Seen over(Rows rows, @Nullable TimeAxis axis) {
    if (calendar != null && axis == null) {
      throw new IllegalArgumentException("a calendar needs to know when the rows are");
    }
    return new Seen(this, rows, axis);
  }

  /** Rows as a model sees them. Any number of threads may look at them, if they may at the rows. */
  public static final class Seen {
    private final Features features;
    private final Column[] columns;
    private final Rows rows;
    private final @Nullable TimeAxis axis;
    private final int count;

    private Seen(Features features, Rows rows, @Nullable TimeAxis axis) {
      this.features = features;
      this.columns = features.columns().toArray(Column[]::new);
      this.rows = rows;
      this.axis = axis;
      this.count = features.count();
    }

    /** What is seen. */
    public Features features() {
      return features;
    }

    /** How many numbers a model sees of a row. */
    public int count() {
      return count;
    }

    /**
     * Writes what is seen of a row.
     *
     * @param into written from {@code at} on; NaN where a number is missing and not filled
     */
    public void write(long row, double[] into, int at) {
      int flag = at + columns.length;
      for (int i = 0; i < columns.length; i++) {
        Column column = columns[i];
        double value = rows.get(row + column.ahead(), column.column());
        boolean missing = Double.isNaN(value);
        if (missing) {
          value = filled(column, row + column.ahead());
        }
        into[at + i] = (value - column.mean()) / column.deviation();
        if (column.flag()) {
          into[flag++] = missing ? 1 : 0;
        }
      }
      Calendar calendar = features.calendar();
      if (calendar != null && axis != null) {
        calendar.write(axis.local(row + features.calendarAhead()), into, flag);
      }
    }

    private double filled(Column column, long row) {
      if (column.fill() == Fill.NONE) {
        return Double.NaN;
      }
      if (column.fill() == Fill.ZERO) {
        return 0;
      }
      long before = rows.known(row, column.column());
      if (before < 0) {
        return column.mean();
      }
      double last = rows.get(before, column.column());
      long after = column.fill() == Fill.LINEAR ? rows.next(row, column.column()) : -1;
      if (after < 0) {
        return last;
      }
      double next = rows.get(after, column.column());
      return last + (next - last) * ((double) (row - before) / (after - before));
    }

    /**
     * Whether a sequence begins anew with a row: it has something, after more rows than {@link
     * Features#gap} that had nothing. Columns known ahead do not count.
     */
    public boolean begins(long row) {
      if (features.gap() < 0 || row <= features.gap()) {
        return false;
      }
      boolean anything = false;
      long before = -1;
      for (Column column : columns) {
        if (column.ahead() == 0) {
          anything |= !Double.isNaN(rows.get(row, column.column()));
          before = Math.max(before, rows.known(row - 1, column.column()));
        }
      }
      return anything && row - 1 - before > features.gap();
    }
  }
}
