// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
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
import java.util.List;
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
  private static final List<ChronoField> OF_CLOCKS =
      Arrays.stream(ChronoField.values()).filter(ChronoField::isTimeBased).toList();
  private static final ZonedDateTime SOME =
      ZonedDateTime.of(2001, 2, 3, 16, 5, 6, 0, ZoneOffset.UTC);
  private static final Pattern HALF_DAY = Pattern.compile("h+|K+");
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
    requireClock();
  }

  /** Refuses a form whose own times it could not read, before a row does. */
  private void requireClock() {
    String problem = null;
    try {
      problem = read(strict.format(SOME));
    } catch (DateTimeException _) {
      // of parts that exclude each other: the texts will tell
    }
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
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
    if (letters(pattern).indexOf('G') >= 0) {
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

  private static String letters(String pattern) {
    return QUOTED.matcher(pattern).replaceAll("");
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
    return take(read, text);
  }

  private boolean hasDay(String text) {
    try {
      strictDay.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private @Nullable String take(TemporalAccessor read, String text) {
    if (read.isSupported(ChronoField.INSTANT_SECONDS)) {
      local = LocalDateTime.ofInstant(Instant.from(read), ZoneOffset.UTC);
      offset = ZoneOffset.UTC;
      return null;
    }
    LocalDate date = read.query(TemporalQueries.localDate());
    if (date == null) {
      int month =
          read.isSupported(ChronoField.MONTH_OF_YEAR) ? read.get(ChronoField.MONTH_OF_YEAR) : 1;
      date = LocalDate.of(read.get(ChronoField.YEAR), month, 1);
    }
    LocalTime time = read.query(TemporalQueries.localTime());
    if (time == null && OF_CLOCKS.stream().anyMatch(read::isSupported)) {
      // A half of a day or a part of it, without any hour, is strictly no time.
      time = usual.parse(text).query(TemporalQueries.localTime());
      if (time == null) {
        return noClock();
      }
    }
    local = date.atTime(time == null ? LocalTime.MIDNIGHT : time);
    offset = read.query(TemporalQueries.offset());
    return null;
  }

  /** Why what there is of a clock is no time of day: all of it would be midnight. */
  private String noClock() {
    Matcher half = HALF_DAY.matcher(letters(pattern));
    if (half.find()) {
      String hour = half.group();
      return "%s is the hour of half a day: use %s, or add a"
          .formatted(hour, "H".repeat(hour.length()));
    }
    return "it has a part of a time of day that needs more: HH is the hour, mm the minute (MM the month), ss the second";
  }

  @Override
  public String toString() {
    return pattern;
  }
}
