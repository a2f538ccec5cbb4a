// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.JulianFields;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalField;
import java.time.temporal.TemporalQueries;
import java.time.temporal.WeekFields;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time in a form that somebody has named, in the letters of {@link DateTimeFormatter}. Its day
 * must exist, as in {@link IsoTime}: a formatter by itself makes the 30th of a 31 April, and its
 * row would stand in the place of another.
 */
final class TimePattern {
  private static final Locale LOCALE = Locale.ENGLISH;
  private static final Set<TemporalField> OF_DAYS = ofDays();
  private static final Pattern QUOTED = Pattern.compile("'[^']*'");
  private static final Pattern QUOTED_OR_YEAR = Pattern.compile(QUOTED.pattern() + "|y+");

  private final String pattern;
  private final DateTimeFormatter strict;
  private final DateTimeFormatter strictDay;
  private final DateTimeFormatter usual;
  private LocalDateTime local = LocalDateTime.MIN;
  private @Nullable ZoneOffset offset;

  /**
   * A form.
   *
   * @throws IllegalArgumentException if it is none
   */
  TimePattern(String pattern) {
    this.pattern = pattern;
    this.usual =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(withCountedYears(pattern))
            .toFormatter(LOCALE);
    this.strict = usual.withResolverStyle(ResolverStyle.STRICT);
    this.strictDay = strict.withResolverFields(OF_DAYS);
  }

  private static Set<TemporalField> ofDays() {
    WeekFields weeks = WeekFields.of(LOCALE);
    var fields = new HashSet<TemporalField>();
    Arrays.stream(ChronoField.values()).filter(ChronoField::isDateBased).forEach(fields::add);
    fields.add(weeks.dayOfWeek());
    fields.add(weeks.weekOfMonth());
    fields.add(weeks.weekOfYear());
    fields.add(weeks.weekOfWeekBasedYear());
    fields.add(weeks.weekBasedYear());
    fields.add(IsoFields.QUARTER_OF_YEAR);
    fields.add(JulianFields.MODIFIED_JULIAN_DAY);
    return fields;
  }

  /** Strictly, the y that everybody writes is the year of an era, and none without it. */
  private static String withCountedYears(String pattern) {
    if (QUOTED.matcher(pattern).replaceAll("").indexOf('G') >= 0) {
      return pattern;
    }
    return QUOTED_OR_YEAR
        .matcher(pattern)
        .replaceAll(
            found -> {
              String part = found.group();
              return part.startsWith("y")
                  ? "u".repeat(part.length())
                  : Matcher.quoteReplacement(part);
            });
  }

  /** What a clock shows. */
  LocalDateTime local() {
    return local;
  }

  /** How far that clock is from Greenwich, if the text says it. */
  @Nullable ZoneOffset offset() {
    return offset;
  }

  /**
   * Reads a time.
   *
   * @return why it cannot be read, or null
   * @throws DateTimeException if it is not in this form
   */
  @Nullable String read(String text) {
    TemporalAccessor read;
    try {
      read = strict.parse(text);
    } catch (DateTimeException _) {
      // Strictly there is neither 24:00 nor 00:30 AM, and yet everybody knows when they are.
      read = usual.parse(text);
      if (!hasDay(text)) {
        return "there is no such day";
      }
    }
    take(read);
    return null;
  }

  private boolean hasDay(String text) {
    try {
      strictDay.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private void take(TemporalAccessor read) {
    if (read.isSupported(ChronoField.INSTANT_SECONDS)) {
      local = LocalDateTime.ofInstant(Instant.from(read), ZoneOffset.UTC);
      offset = ZoneOffset.UTC;
      return;
    }
    LocalDate date = read.query(TemporalQueries.localDate());
    if (date == null) {
      int month =
          read.isSupported(ChronoField.MONTH_OF_YEAR) ? read.get(ChronoField.MONTH_OF_YEAR) : 1;
      date = LocalDate.of(read.get(ChronoField.YEAR), month, 1);
    }
    LocalTime time = read.query(TemporalQueries.localTime());
    local = date.atTime(time == null ? LocalTime.MIDNIGHT : time);
    offset = read.query(TemporalQueries.offset());
  }

  @Override
  public String toString() {
    return pattern;
  }
}
