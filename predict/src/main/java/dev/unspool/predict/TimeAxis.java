// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Where the rows of a table are in time: at equal steps, which are so many milliseconds, or so many
 * days or months of a calendar, in which a day may have 23 hours and a month 28 days.
 */
public final class TimeAxis {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final double FARTHEST = 1e12; // seconds
  private static final long DAY = 24 * HOUR;

  /** What a step is made of. */
  public enum Unit {
    /** Always as long. */
    MILLISECOND,
    /** From an hour to the same hour of another day, where clocks may have been changed. */
    DAY,
    /** To the same day of another month, or its last one if it has none of that number. */
    MONTH
  }

  private final long origin;
  private final long every;
  private final Unit unit;
  private final ZoneId zone;
  private final boolean endsOfMonths;
  private final LocalDateTime first;
  private final long fixedOffset;
  private final DateTimeFormatter format;

  private TimeAxis(Instant origin, long every, Unit unit, ZoneId zone, boolean endsOfMonths) {
    if (every < 1) {
      throw new IllegalArgumentException(
          "a step of time is at least 1 %s, found %s".formatted(word(unit), every));
    }
    this.origin = origin.toEpochMilli();
    this.every = every;
    this.unit = unit;
    this.zone = zone;
    this.endsOfMonths = endsOfMonths;
    this.first = LocalDateTime.ofInstant(origin, zone);
    boolean fixed = zone.getRules().isFixedOffset();
    this.fixedOffset =
        fixed ? zone.getRules().getOffset(origin).getTotalSeconds() * 1000L : Long.MIN_VALUE;
    this.format = DateTimeFormatter.ofPattern(pattern(), Locale.ROOT).withZone(zone);
  }

  /**
   * Rows that are always as far from each other.
   *
   * @param origin time of row 0
   * @param milliseconds from one row to the next, at least 1
   * @param zone whose clocks show the time
   */
  public static TimeAxis every(Instant origin, long milliseconds, ZoneId zone) {
    return new TimeAxis(origin, milliseconds, Unit.MILLISECOND, zone, false);
  }

  /** Rows at the same hour, so many days from each other. */
  public static TimeAxis days(Instant origin, long days, ZoneId zone) {
    return new TimeAxis(origin, days, Unit.DAY, zone, false);
  }

  /** Rows at the same day and hour, so many months from each other; 12 are a year. */
  public static TimeAxis months(Instant origin, long months, ZoneId zone) {
    return new TimeAxis(origin, months, Unit.MONTH, zone, false);
  }

  /** The same at the last days of months. */
  public static TimeAxis endsOfMonths(Instant origin, long months, ZoneId zone) {
    return new TimeAxis(origin, months, Unit.MONTH, zone, true);
  }

  /** Time of row 0. */
  public Instant origin() {
    return Instant.ofEpochMilli(origin);
  }

  /** Units from one row to the next. */
  public long every() {
    return every;
  }

  /** What a step is made of. */
  public Unit unit() {
    return unit;
  }

  /** Whose clocks show the time. */
  public ZoneId zone() {
    return zone;
  }

  /** Whether each row is at the last day of a month. */
  public boolean isAtEndsOfMonths() {
    return endsOfMonths;
  }

  /** The same steps, counted from another row. */
  public TimeAxis from(long row) {
    return new TimeAxis(at(row), every, unit, zone, endsOfMonths);
  }

  /** Time of a row, which may lie before row 0, or after the last one. */
  public Instant at(long row) {
    return Instant.ofEpochMilli(millis(row));
  }

  /** The same in milliseconds since 1970-01-01T00:00Z. */
  public long millis(long row) {
    if (unit == Unit.MILLISECOND) {
      return origin + row * every;
    }
    return toLocal(row).atZone(zone).toInstant().toEpochMilli();
  }

  /** What a clock of the zone shows at a row, as milliseconds since it showed 1970-01-01 00:00. */
  public long local(long row) {
    long millis = millis(row);
    if (fixedOffset != Long.MIN_VALUE) {
      return millis + fixedOffset;
    }
    return millis
        + zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds() * 1000L;
  }

  /**
   * The row that is nearest to a time; of two, the later one.
   *
   * @throws IllegalArgumentException of a time tens of thousands of years from now, which is none
   */
  public long row(Instant time) {
    if (Math.abs((double) time.getEpochSecond()) > FARTHEST) {
      throw new IllegalArgumentException("%s is too far away".formatted(time));
    }
    return row(time.toEpochMilli());
  }

  /** The same of milliseconds since 1970-01-01T00:00Z. */
  public long row(long millis) {
    if (unit == Unit.MILLISECOND) {
      long since = millis - origin;
      long row = Math.floorDiv(since, every);
      return 2 * (since - row * every) >= every ? row + 1 : row;
    }
    LocalDate date = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), zone).toLocalDate();
    ChronoUnit between = unit == Unit.DAY ? ChronoUnit.DAYS : ChronoUnit.MONTHS;
    LocalDate from = first.toLocalDate();
    long units =
        unit == Unit.DAY
            ? between.between(from, date)
            : between.between(from.withDayOfMonth(1), date.withDayOfMonth(1));
    long row = Math.floorDiv(units, every) - 1;
    while (millis(row + 1) <= millis) {
      row++;
    }
    while (millis(row) > millis) {
      row--;
    }
    return 2 * (millis - millis(row)) >= millis(row + 1) - millis(row) ? row + 1 : row;
  }

  /**
   * A row's time in the shortest form that tells rows apart: {@code 1749-01}, {@code 2014-07-01
   * 00:30}, and with the offset where clocks are changed: {@code 2024-03-31 03:00+02:00}.
   */
  public String label(long row) {
    return format.format(at(row));
  }

  /** Any time as a row's is written. */
  public String label(Instant time) {
    return format.format(time);
  }

  /** The step in words: {@code every 30 minutes}. */
  public String describe() {
    if (unit == Unit.DAY) {
      return every % 7 == 0 ? words(every / 7, "week") : words(every, "day");
    }
    if (unit == Unit.MONTH) {
      return every % 12 == 0 ? words(every / 12, "year") : words(every, "month");
    }
    if (every % DAY == 0) {
      return words(every / DAY, "day");
    }
    if (every % HOUR == 0) {
      return words(every / HOUR, "hour");
    }
    if (every % MINUTE == 0) {
      return words(every / MINUTE, "minute");
    }
    return every % 1000 == 0 ? words(every / 1000, "second") : words(every, "millisecond");
  }

  /** About how many milliseconds a step takes. */
  public long length() {
    return switch (unit) {
      case MILLISECOND -> every;
      case DAY -> every * DAY;
      case MONTH -> every * 30 * DAY + every * 10 * HOUR;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimeAxis axis
        && origin == axis.origin
        && every == axis.every
        && unit == axis.unit
        && zone.equals(axis.zone)
        && endsOfMonths == axis.endsOfMonths;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(origin) * 31 + Long.hashCode(every) * 7 + unit.ordinal();
  }

  @Override
  public String toString() {
    return "%s from %s (%s)".formatted(describe(), label(0), zone);
  }

  private LocalDateTime toLocal(long row) {
    if (unit == Unit.DAY) {
      return first.plusDays(row * every);
    }
    LocalDateTime month = first.plusMonths(row * every);
    return endsOfMonths ? month.withDayOfMonth(month.toLocalDate().lengthOfMonth()) : month;
  }

  private String pattern() {
    LocalTime hour = first.toLocalTime();
    boolean atMidnight = hour.equals(LocalTime.MIDNIGHT);
    boolean wholeDays =
        unit != Unit.MILLISECOND || (every % DAY == 0 && fixedOffset != Long.MIN_VALUE);
    if (wholeDays && atMidnight) {
      if (unit != Unit.MONTH || first.getDayOfMonth() != 1) {
        return "uuuu-MM-dd";
      }
      return every % 12 == 0 && first.getMonthValue() == 1 ? "uuuu" : "uuuu-MM";
    }
    long fine = unit == Unit.MILLISECOND ? every : DAY;
    long of = Math.floorMod(origin, MINUTE);
    String clock =
        fine % MINUTE == 0 && of == 0
            ? "HH:mm"
            : fine % 1000 == 0 && of % 1000 == 0 ? "HH:mm:ss" : "HH:mm:ss.SSS";
    boolean changes = fixedOffset == Long.MIN_VALUE && !wholeDays;
    return "uuuu-MM-dd " + clock + (changes ? "xxx" : "");
  }

  private static String words(long count, String noun) {
    return count == 1 ? "every " + noun : "every %s %ss".formatted(count, noun);
  }

  private static String word(Unit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }
}
