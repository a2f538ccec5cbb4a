// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.data.TimeColumn;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.TimeAxis;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When the rows of a table are, and what of that a network sees.
 *
 * @param columns that say it: one, or year, month and so on
 * @param format in java.time's pattern letters; null for the usual forms
 * @param zone of local times, and whose clocks show the time; null for what the file says
 * @param sort whether rows are put in the order of time; else other ones are refused
 * @param duplicates which of several rows of one time counts
 * @param calendar what the network sees of the time; may be empty
 */
public record TimeConfig(
    List<String> columns,
    @Nullable String format,
    @Nullable String zone,
    boolean sort,
    TimeColumn.Duplicates duplicates,
    List<Calendar.Part> calendar) {

  /** Checks the words. */
  public TimeConfig {
    UsageException.require(!columns.isEmpty(), "--time names no column");
    UsageException.require(
        calendar.stream().distinct().count() == calendar.size(),
        "--calendar names a part twice: "
            + String.join(", ", calendar.stream().map(Calendar.Part::label).toList()));
    try {
      var _ = TimeColumn.of(columns).withFormat(format);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--time-format '%s': %s".formatted(format, e.getMessage()));
    }
    var _ = zone(zone);
  }

  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException _) {
      throw new UsageException(
          "--zone '%s' is none that is known; it is a place such as Europe/Berlin, an offset such as +01:00, or UTC"
              .formatted(name));
    }
  }

  /**
   * How a file says it.
   *
   * @param axis where rows must be; null to find it
   */
  TimeColumn column(@Nullable TimeAxis axis) {
    return new TimeColumn(columns, format, zone(zone), sort, duplicates, axis);
  }

  /** The same of another table, whose rows say it in another way. */
  public TimeConfig in(
      List<String> newColumns,
      @Nullable String newFormat,
      @Nullable String newZone,
      boolean newSort,
      TimeColumn.Duplicates newDuplicates) {
    return new TimeConfig(newColumns, newFormat, newZone, newSort, newDuplicates, calendar);
  }

  /** The columns for a message. */
  public String described() {
    return CsvLine.list(columns);
  }
}
