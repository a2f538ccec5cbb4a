// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The time of a row as a file says it: {@code 1749}, {@code 1749-01}, {@code 2014-07-01}, {@code
 * 2014-07-01 00:30}, {@code 2024-03-31 02:00+01:00}.
 *
 * @param local what a clock there shows
 * @param offset of that clock; null where the file does not say it
 */
record TimeLabel(LocalDateTime local, @Nullable ZoneOffset offset) {
  private static final DateTimeFormatter FORM =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu[-MM[-dd[[' ']['T']HH:mm[:ss]]]]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendPattern("[XXX]")
          .parseDefaulting(ChronoField.MONTH_OF_YEAR, 1)
          .parseDefaulting(ChronoField.DAY_OF_MONTH, 1)
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
          .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
          .toFormatter(Locale.ROOT);

  /** Reads a label; null if it is none. */
  static @Nullable TimeLabel parse(String label) {
    try {
      TemporalAccessor found = FORM.parse(label.strip());
      boolean zoned = found.isSupported(ChronoField.OFFSET_SECONDS);
      return new TimeLabel(LocalDateTime.from(found), zoned ? ZoneOffset.from(found) : null);
    } catch (DateTimeException _) {
      return null;
    }
  }

  /**
   * Milliseconds since 1970 on one clock, which does not jump.
   *
   * @param clock its offset; what has none is taken as it is
   */
  long milliseconds(@Nullable ZoneOffset clock) {
    long local = this.local.toInstant(ZoneOffset.UTC).toEpochMilli();
    return offset == null || clock == null
        ? local
        : local + 1000L * (clock.getTotalSeconds() - offset.getTotalSeconds());
  }
}
