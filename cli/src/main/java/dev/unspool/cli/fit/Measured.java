// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.TimesOfRun;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measurements of a plant, one row a sample. Its neighbours must be a step apart: where the table
 * says when its rows are, none may be missing.
 *
 * @param table the numbers
 * @param axis when its rows are; null where nobody knows
 * @param unclear whether nobody has said whose clocks the times are of; null without times
 */
record Measured(Table table, @Nullable TimeAxis axis, @Nullable Boolean unclear)
    implements AutoCloseable {

  /**
   * Reads columns of a table.
   *
   * @throws RunException if one of its samples is missing
   */
  static Measured read(CsvConfig data, List<String> columns) throws IOException {
    TimeConfig time = data.time();
    if (time == null) {
      return new Measured(
          data.format()
              .open(Path.of(data.file()), columns)
              .withAdvice(TableFormat.ADVICE, Signals.ADVICE_ON_MISSING)
              .read(columns),
          null,
          null);
    }
    TimedTable timed = TimesOfRun.read(data, columns);
    try {
      requireWhole(data.file(), timed);
    } catch (RunException e) {
      timed.close();
      throw e;
    }
    return new Measured(timed.table(), timed.axis(), timed.found().unclear());
  }

  private static void requireWhole(String file, TimedTable timed) throws RunException {
    Table table = timed.table();
    TimedTable.Found found = timed.found();
    if (found.missing() > 0) {
      throw new RunException(
          "%s has a row %s, and %s of %s are not in it, the first of the longest gap that of %s; neighbours of a fit are a step apart: give a stretch without gaps, or take the rows as they stand with --time none"
              .formatted(
                  file,
                  timed.axis().describe(),
                  found.missing(),
                  Numbers.count(table.rows(), "row"),
                  timed.axis().label(found.gapAt())));
    }
    for (long row = 0; row < table.rows(); row++) {
      List<String> missing = missing(table, row);
      if (!missing.isEmpty()) {
        String at = timed.axis().label(row);
        throw new RunException(
            "%s has no %s; neighbours of a fit are a step apart: give a stretch without gaps, or take the rows as they stand with --time none"
                .formatted(
                    file,
                    missing.size() > 1 && missing.size() == table.columns().size()
                        ? "row of %s, or it was left out".formatted(at)
                        : "number in %s at %s".formatted(CsvLine.list(missing), at)));
      }
    }
  }

  private static List<String> missing(Table table, long row) {
    return table.columns().stream()
        .filter(column -> Double.isNaN(table.get(row, table.column(column))))
        .toList();
  }

  @Override
  public void close() {
    table.close();
  }
}
