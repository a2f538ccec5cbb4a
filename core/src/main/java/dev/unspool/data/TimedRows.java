// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows that say when they are: the columns, then the time, then the line of the file. A row
 * whose numbers cannot be read keeps its place in time, if bad rows are skipped.
 */
final class TimedRows implements CsvRows.Taker, Closeable {
  private final Path path;
  private final TimeColumn column;
  private final Clock clock;
  private final int width;
  private final RowSink sink;
  private final TimeText text;
  private final double[] taken;
  private long line;
  private long newest = Long.MIN_VALUE;
  private String newestText = "";
  private boolean inOrder = true;

  /** Says where the time of day is, if it is only the date that was named. */
  interface Clock {
    @Nullable String found() throws IOException;
  }

  TimedRows(Path path, TimeColumn column, int width, RowSink sink, Clock clock) {
    this.path = path;
    this.column = column;
    this.clock = clock;
    this.width = width;
    this.sink = sink;
    this.text = new TimeText(column.format(), column.zone());
    this.taken = new double[width + 2];
  }

  @Override
  public @Nullable String take(CsvRow row) throws IOException {
    String problem = readTime(row);
    if (problem == null) {
      System.arraycopy(row.values(), 0, taken, 0, width);
      sink.add(taken);
    }
    return problem;
  }

  @Override
  public void skipped(CsvRow row) throws IOException {
    if (line != row.line() && readTime(row) == null) {
      Arrays.fill(taken, 0, width, Double.NaN);
      sink.add(taken);
    }
  }

  private @Nullable String readTime(CsvRow row) throws IOException {
    line = row.line();
    String found = TimeText.join(row.times());
    String problem = text.read(row.times());
    if (problem != null) {
      return "time '%s': %s".formatted(NumberText.shown(found), problem);
    }
    if (text.isMixed()) {
      throw DataException.at(
          path,
          line,
          "time '%s' %s its offset, unlike those before; write all in one form, or say whose the others are with --zone Europe/Berlin, for example"
              .formatted(NumberText.shown(found), text.saysOffset() ? "says" : "does not say"));
    }
    long millis = text.millis();
    if (millis <= newest) {
      requireSorted(millis, found);
      inOrder &= millis == newest;
    } else {
      newest = millis;
      newestText = found;
    }
    taken[width] = millis;
    taken[width + 1] = line;
    return null;
  }

  private void requireSorted(long millis, String found) throws IOException {
    if (millis == newest && column.duplicates() == TimeColumn.Duplicates.REFUSE) {
      String ofDay = found.indexOf(':') < 0 ? clock.found() : null;
      if (ofDay != null) {
        throw DataException.at(
            path,
            line,
            "the time '%s' occurs a second time, and %s".formatted(NumberText.shown(found), ofDay));
      }
      throw DataException.at(
          path,
          line,
          "the time '%s' occurs a second time%s; leave one out, or say which row counts with --duplicates first, last or mean"
              .formatted(NumberText.shown(found), text.doubtOfClocks()));
    }
    if (millis < newest && !column.sort()) {
      throw DataException.at(
          path,
          line,
          "time '%s' stands after '%s'%s; put the rows in the order of time, or use --sort ascending"
              .formatted(
                  NumberText.shown(found), NumberText.shown(newestText), text.doubtOfClocks()));
    }
  }

  /** The rows, in the order of the file. */
  Table finish(List<String> columns, long skippedRows) throws IOException {
    List<String> all = Stream.concat(columns.stream(), Stream.of(" time", " line")).toList();
    return sink.finish(all, skippedRows);
  }

  /** How the times were to be read. */
  TimeText text() {
    return text;
  }

  /** Whether no row is earlier than the one before. */
  boolean isInOrder() {
    return inOrder;
  }

  @Override
  public void close() throws IOException {
    sink.close();
  }
}
