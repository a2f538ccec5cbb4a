// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.TimeAxis;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a file say when its rows are, and how.
 *
 * @param columns one, or several that say it together: year, month, day, hour, minute; or a date
 *     and its time of day
 * @param format how a time is written, in the letters of {@link
 *     java.time.format.DateTimeFormatter}; null for ISO 8601 (a blank may stand for the T), and for
 *     seconds or milliseconds since 1970
 * @param zone of times without an offset, and whose clocks show the time; null where nobody has
 *     said it: times then are what the file says
 * @param sort whether rows that are not in the order of time are sorted; else they are refused
 * @param duplicates what is done with several rows of one time
 * @param axis where rows must be, of which the table may be a later part; null to find it
 */
public record TimeColumn(
    List<String> columns,
    @Nullable String format,
    @Nullable ZoneId zone,
    boolean sort,
    Duplicates duplicates,
    @Nullable TimeAxis axis) {

  /** What is done with several rows of one time. */
  public enum Duplicates {
    /** The file is refused. */
    REFUSE,
    /** The first one counts. */
    FIRST,
    /** The last one counts. */
    LAST,
    /** The mean of what is known in each column counts. */
    MEAN
  }

  /** Checks the names. */
  public TimeColumn {
    Table.requireDifferent(columns);
    columns = List.copyOf(columns);
    if (format != null) {
      var _ = new TimePattern(format);
    }
  }

  /** Columns in their usual form, in the order of time. */
  public static TimeColumn of(List<String> columns) {
    return new TimeColumn(columns, null, null, false, Duplicates.REFUSE, null);
  }

  /** The same in another form; null for the usual one. */
  public TimeColumn withFormat(@Nullable String pattern) {
    return new TimeColumn(columns, pattern, zone, sort, duplicates, axis);
  }

  /** The same in a zone. */
  public TimeColumn withZone(@Nullable ZoneId newZone) {
    return new TimeColumn(columns, format, newZone, sort, duplicates, axis);
  }

  /** The same, sorted or in order already. */
  public TimeColumn withSort(boolean newSort) {
    return new TimeColumn(columns, format, zone, newSort, duplicates, axis);
  }

  /** The same, in which a time may occur several times. */
  public TimeColumn withDuplicates(Duplicates newDuplicates) {
    return new TimeColumn(columns, format, zone, sort, newDuplicates, axis);
  }

  /** The same on an axis that is known: rows are those of it, from the first one on. */
  public TimeColumn on(@Nullable TimeAxis newAxis) {
    return new TimeColumn(columns, format, zone, sort, duplicates, newAxis);
  }
}
