// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Puts rows of known times where they belong: each to the nearest step, and NaN where none is. */
final class TimeGrid {
  /** A table that would be longer by more than this is not what anybody meant. */
  private static final long LONGER = 1000;

  private static final long AS_MEANT = 1_000_000;
  private static final long HOUR = 3_600_000;

  /** Places of which one puts its clocks forward whenever many others do. */
  private static final List<String> CHANGING =
      List.of(
          "Europe/Berlin",
          "Europe/London",
          "Europe/Athens",
          "America/New_York",
          "America/Santiago",
          "Australia/Sydney",
          "Pacific/Auckland");

  private final Path path;
  private final TimeColumn column;
  private final Table raw;
  private final TimeText text;
  private final int width;
  private final boolean sorted;
  private final long[] order;
  private final TimeAxis axis;
  private final double[] row;
  private final int[] known;
  private long read;
  private long missing;
  private long gap;
  private long gapAt;
  private TimedTable.@Nullable Forward forward;
  private long duplicates;
  private long moved;
  private long farthest;

  /**
   * Finds the axis.
   *
   * @param raw columns, time and line
   * @param text how the times were read
   * @param inOrder whether no row is earlier than the one before
   * @throws DataException if there is none
   */
  TimeGrid(Path path, TimeColumn column, Table raw, TimeText text, boolean inOrder)
      throws DataException {
    this.path = path;
    this.column = column;
    this.raw = raw;
    this.text = text;
    this.width = raw.columns().size() - 2;
    this.sorted = !inOrder;
    this.order = inOrder ? new long[0] : order();
    this.row = new double[width];
    this.known = new int[width];
    this.axis = axis();
  }

  private long[] order() {
    return LongStream.range(0, raw.rows())
        .boxed()
        .sorted(Comparator.comparingDouble(at -> raw.get(at, width)))
        .mapToLong(at -> at)
        .toArray();
  }

  private long at(long i) {
    return sorted ? order[(int) i] : i;
  }

  private long millis(long i) {
    return (long) raw.get(at(i), width);
  }

  private long line(long i) {
    return (long) raw.get(at(i), width + 1);
  }

  private TimeAxis axis() throws DataException {
    if (column.axis() != null) {
      return column.axis().from(column.axis().row(millis(0)));
    }
    if (millis(0) == millis(raw.rows() - 1)) {
      throw DataException.in(
          path,
          "there is only one time, '%s', and a step of time needs two; give more rows, or leave time out with --time none"
              .formatted(Instant.ofEpochMilli(millis(0))));
    }
    TimeAxis found = new StepOfTime(raw.rows(), this::millis, text.zone()).find();
    if (found == null) {
      throw DataException.in(
          path,
          "its times are at no equal steps, as a series needs them; bring the rows to equal steps, or take them as they stand with --time none");
    }
    return found;
  }

  /**
   * Writes the table.
   *
   * @param heapLimit largest size in bytes that stays on the heap
   */
  TimedTable write(long heapLimit) throws IOException {
    long last = axis.row(millis(raw.rows() - 1));
    if (last > AS_MEANT && last / LONGER > raw.rows()) {
      throw DataException.in(
          path,
          "its %s rows %s would be %s, from %s to %s; correct a time that is far from all others, or take the rows as they stand with --time none"
              .formatted(raw.rows(), axis.describe(), last + 1, axis.label(0), axis.label(last)));
    }
    try (var sink = new RowSink.All(heapLimit)) {
      long next = 0;
      long i = 0;
      while (i < raw.rows()) {
        long place = place(i);
        empty(sink, next, place);
        i = take(i, place);
        sink.add(row);
        read++;
        next = place + 1;
      }
      Table table = sink.finish(raw.columns().subList(0, width), raw.skippedRows());
      return new TimedTable(
          table,
          axis,
          new TimedTable.Found(
              read,
              missing,
              gap,
              gapAt,
              duplicates,
              moved,
              farthest,
              sorted,
              text.isUnclear(),
              forward,
              text.offsets()));
    }
  }

  private void empty(RowSink sink, long from, long to) throws IOException {
    if (to > from) {
      Arrays.fill(row, Double.NaN);
      for (long at = from; at < to; at++) {
        sink.add(row);
      }
      missing += to - from;
      if (to - from > gap) {
        gap = to - from;
        gapAt = from;
      }
      if (forward == null && text.isUnclear()) {
        forward = forward(from, to);
      }
    }
  }

  /** Whether what is missing is the hour that clocks left out somewhere. */
  private TimedTable.@Nullable Forward forward(long from, long to) {
    if (axis.unit() != TimeAxis.Unit.MILLISECOND || axis.millis(to) - axis.millis(from) != HOUR) {
      return null;
    }
    LocalDateTime missed = LocalDateTime.ofInstant(axis.at(from), axis.zone());
    return CHANGING.stream()
        .map(ZoneId::of)
        .filter(zone -> zone.getRules().getValidOffsets(missed).isEmpty())
        .findFirst()
        .map(zone -> new TimedTable.Forward(from, zone))
        .orElse(null);
  }

  /** The row to which a time belongs. */
  private long place(long i) throws DataException {
    long time = millis(i);
    long place = axis.row(time);
    long off = Math.abs(time - axis.millis(place));
    if (off > 0) {
      moved++;
      farthest = Math.max(farthest, off);
      long neighbour = place + (time < axis.millis(place) ? -1 : 1);
      if (2 * off >= Math.abs(axis.millis(neighbour) - axis.millis(place))) {
        throw offGrid(i, "is in the middle between two rows");
      }
    }
    return place;
  }

  /** Brings all rows of a place together, and returns the first one behind them. */
  private long take(long from, long place) throws DataException {
    copy(from);
    Arrays.fill(known, 1);
    long i = from + 1;
    while (i < raw.rows() && axis.row(millis(i)) == place) {
      place(i);
      duplicates++;
      switch (column.duplicates()) {
        case REFUSE -> throw twice(i);
        case FIRST -> {}
        case LAST -> copy(i);
        case MEAN -> add(i);
      }
      i++;
    }
    return i;
  }

  private void copy(long i) {
    for (int column = 0; column < width; column++) {
      row[column] = raw.get(at(i), column);
    }
  }

  private void add(long i) {
    for (int column = 0; column < width; column++) {
      double value = raw.get(at(i), column);
      if (Double.isNaN(row[column])) {
        row[column] = value;
      } else if (!Double.isNaN(value)) {
        row[column] += (value - row[column]) / ++known[column];
      }
    }
  }

  private DataException twice(long i) {
    boolean same = millis(i) == millis(i - 1);
    if (!same) {
      return offGrid(i, "belongs to the same row as line %s".formatted(line(i - 1)));
    }
    return DataException.at(
        path,
        line(i),
        "the time '%s' is also that of line %s%s; leave one out, or say which row counts with --duplicates first, last or mean"
            .formatted(
                axis.label(Instant.ofEpochMilli(millis(i))), line(i - 1), text.doubtOfClocks()));
  }

  private DataException offGrid(long i, String what) {
    return DataException.at(
        path,
        line(i),
        "time '%s' %s of a series %s (%s, %s, …); bring the rows to equal steps, or take them as they stand with --time none"
            .formatted(
                Instant.ofEpochMilli(millis(i)),
                what,
                axis.describe(),
                axis.label(0),
                axis.label(1)));
  }
}
