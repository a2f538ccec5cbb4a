// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.CsvFile;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables of a run that say when their rows are: the first one as it is, later ones on the
 * axis of the first, and only if both say alike whose clocks their times are of.
 */
public final class TimesOfRun {
  private TimesOfRun() {}

  /**
   * Reads a table.
   *
   * @param config with what was found in the run's own table, if there is one already
   * @throws UsageException if a column is not there
   * @throws RunException if its times may be hours beside those of the run's own table
   */
  public static TimedTable read(CsvConfig config, List<String> columns) throws IOException {
    TimedTable read = read(config, columns, config.axis());
    return kept(read, () -> requireSameClocks(config, read));
  }

  /**
   * Reads the table of a new run that goes on from an earlier one. A zone that is not that of the
   * earlier one is whose hours and days count from now on; steps of time are as they were.
   */
  static TimedTable anew(CsvConfig config) throws IOException {
    TimeAxis axis = Objects.requireNonNull(config.axis());
    String zone = Objects.requireNonNull(config.time()).zone();
    if (zone == null || zone.equals(axis.zone().getId())) {
      return read(config, config.columns());
    }
    TimedTable read = read(config, config.columns(), null);
    return kept(read, () -> requireSameStep(config.file(), axis, read.axis()));
  }

  private static TimedTable read(CsvConfig config, List<String> columns, @Nullable TimeAxis axis)
      throws IOException {
    CsvFile file = config.format().open(Path.of(config.file()), columns);
    TimeConfig time = Objects.requireNonNull(config.time());
    try {
      return file.readTimed(columns, time.column(axis));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** What a table must fulfil. */
  private interface Condition {
    void require() throws RunException;
  }

  private static TimedTable kept(TimedTable read, Condition condition) throws RunException {
    try {
      condition.require();
      return read;
    } catch (RunException e) {
      read.close();
      throw e;
    }
  }

  /** Local times that are taken to be of UTC may be hours beside those that say their offset. */
  private static void requireSameClocks(CsvConfig config, TimedTable read) throws RunException {
    CsvConfig.Facts facts = config.facts();
    Boolean before = facts == null || facts.extent() == null ? null : facts.extent().unclear();
    boolean unclear = read.found().unclear();
    if (before != null && before != unclear) {
      throw new RunException(
          "%s %s whose clocks its times are of, and the run's own table %s, so that they may be hours apart; %s"
              .formatted(
                  config.file(),
                  unclear ? "does not say" : "says",
                  unclear ? "does" : "does not",
                  unclear
                      ? "say it with --zone Europe/Berlin, for example, or give times with their offset"
                      : "give local times in the form of that table, without --zone"));
    }
  }

  private static void requireSameStep(String file, TimeAxis before, TimeAxis now)
      throws RunException {
    if (before.unit() != now.unit() || before.every() != now.every()) {
      throw new RunException(
          "%s has a row %s, and the run one %s; a network goes on with the same steps of time only"
              .formatted(file, now.describe(), before.describe()));
    }
  }
}
