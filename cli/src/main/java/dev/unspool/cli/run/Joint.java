// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Puts a newer table behind a run's own, so that a model does not begin without a past.
 *
 * @param own the run's table
 * @param notes gets a line that says how they join
 */
record Joint(CsvConfig own, List<String> notes) {
  /** A hole of more rows is no gap of one series. */
  private static final long WIDEST = 1_000_000;

  /** The rows of both, or of the newer table alone; what is not returned is closed. */
  SeriesData.Rows join(CsvConfig config, TimedTable newer) throws IOException {
    var alone = new SeriesData.Rows(newer.table(), newer.axis(), newer.found());
    TimeAxis axis = Objects.requireNonNull(own.axis());
    long first = axis.row(newer.axis().origin());
    Path path = Path.of(own.file());
    String name = config.file();
    if (first <= 0) {
      notes.add(
          "%s does not begin later than the run's own table, and is read alone".formatted(name));
      return alone;
    }
    if (!Files.exists(path)) {
      notes.add(
          "%s, the run's own table, is not there: the model knows nothing before %s"
              .formatted(path, axis.label(first)));
      return alone;
    }
    try (TimedTable earlier = TimesOfRun.read(own, config.columns())) {
      CsvConfig.Facts facts = Objects.requireNonNull(own.facts());
      long rows = earlier.table().rows();
      boolean same =
          rows >= facts.learned()
              && Digest.of(earlier.table(), config.columns(), facts.learned())
                  .equals(facts.crc32c());
      if (!same) {
        notes.add(
            "%s has changed since training began: the model knows nothing before %s"
                .formatted(path, axis.label(first)));
        return alone;
      }
      if (first - rows > WIDEST) {
        notes.add(
            "%s begins %s after the run's own table ends, too far to be one series with it"
                .formatted(name, Numbers.count(first - rows, "row")));
        return alone;
      }
      notes.add(described(name, axis, first, rows));
      Table joined = newer.behind(earlier);
      newer.close();
      return new SeriesData.Rows(joined, earlier.axis(), newer.found());
    }
  }

  private static String described(String name, TimeAxis axis, long first, long rows) {
    if (first < rows) {
      return "%s has %s that the run's own table has too, from %s on; its own count"
          .formatted(name, Numbers.count(rows - first, "row"), axis.label(first));
    }
    return first == rows
        ? "%s goes on from the run's own table, which ends at %s"
            .formatted(name, axis.label(rows - 1))
        : "Between the run's own table, which ends at %s, and %s there is a gap of %s"
            .formatted(axis.label(rows - 1), name, Numbers.count(first - rows, "row"));
  }
}
