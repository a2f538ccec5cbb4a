// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.model.Snapshot;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the times of a file or a stream, one after the other: a local time that clocks show twice
 * is the first one unless the row before is later; where the newest comes first, it is the second
 * one unless the row before is earlier. Whether numbers are seconds or milliseconds, the first one
 * decides.
 */
public final class TimeText {
  /** Of larger numbers, 1e11 seconds being the year 5138, nobody means seconds. */
  private static final double SECONDS_BELOW = 1e11;

  /** The same year in milliseconds. */
  private static final double MILLIS_BELOW = 1e14;

  private static final double MICROS_BELOW = 1e17;

  /** Year, month and day. */
  private static final int MOST_OF_DATE = 3;

  private static final Pattern DATE = Pattern.compile("(19|20)[0-9]{6}");

  private final @Nullable TimePattern form;
  private final @Nullable ZoneId zone;
  private final IsoTime iso = new IsoTime();
  private @Nullable Boolean isNumber;
  private @Nullable Boolean inSeconds;
  private long previous = Long.MIN_VALUE;
  private boolean falling;
  private @Nullable ZoneOffset offset;
  private @Nullable ZoneOffset otherOffset;
  private boolean saysOffset;
  private boolean anyLocal;
  private int ofDate;
  private long millis;

  /**
   * A reader that has read nothing yet.
   *
   * @param pattern how a time is written, in the letters of {@link
   *     java.time.format.DateTimeFormatter}; null for ISO 8601, and for seconds or milliseconds
   *     since 1970
   * @param zone of times without an offset; null where nobody has said it: then UTC
   * @throws IllegalArgumentException if the pattern is none
   */
  public TimeText(@Nullable String pattern, @Nullable ZoneId zone) {
    this.form = pattern == null ? null : new TimePattern(pattern);
    this.zone = zone;
  }

  /** The time that was read last, in milliseconds since 1970-01-01T00:00Z. */
  public long millis() {
    return millis;
  }

  /** Whether some times have no offset, and nobody has said whose they are. */
  boolean isUnclear() {
    return anyLocal && zone == null;
  }

  /** Whether some times have an offset, others none, and nobody has said whose these are. */
  boolean isMixed() {
    return isUnclear() && offset != null;
  }

  /** Whether the time that was read last has an offset. */
  boolean saysOffset() {
    return saysOffset;
  }

  /** What else may be wrong with their order where nobody has said whose they are, or nothing. */
  String doubtOfClocks() {
    return isUnclear()
        ? " (if it is because clocks were put back, say whose they are: --zone Europe/Berlin, for example)"
        : "";
  }

  /** Offsets that differ; null if all are the same. */
  TimedTable.@Nullable Offsets offsets() {
    return offset == null || otherOffset == null
        ? null
        : new TimedTable.Offsets(offset, otherOffset);
  }

  /** Whose clocks the times are of, as far as is known. */
  ZoneId zone() {
    if (zone != null) {
      return zone;
    }
    return offset == null || otherOffset != null || anyLocal ? ZoneOffset.UTC : offset;
  }

  /**
   * The text of several columns: a date, and what is below it. The date may be in the first of
   * them, or year, month and day in columns of their own.
   */
  public static String join(String[] texts) {
    return texts.length == 1 ? texts[0] : join(texts, columnsOfDate(texts[0]));
  }

  private static String join(String[] texts, int ofDate) {
    var joined = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      joined
          .append(i == 0 ? "" : i < ofDate ? "-" : i == ofDate ? " " : ":")
          .append(whole(texts[i]));
    }
    return joined.toString();
  }

  private static String whole(String text) {
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** How many columns a date is in, of which this is the first. */
  private static int columnsOfDate(String first) {
    String text = whole(first);
    if (DATE.matcher(text).matches()) {
      return 1;
    }
    int separators = (int) text.chars().filter(c -> "-./ ".indexOf(c) >= 0).count();
    return Math.max(1, MOST_OF_DATE - separators);
  }

  /**
   * Reads a time of one of several sequences that take turns, each in the order of time.
   *
   * @param before the time of the row before in its sequence, in milliseconds; {@code
   *     Long.MIN_VALUE} for none
   * @return why it cannot be read, or null
   */
  public @Nullable String readAfter(String text, long before) {
    previous = before;
    falling = false;
    return read(text);
  }

  /** The same of several columns that say it together. */
  public @Nullable String readAfter(String[] texts, long before) {
    previous = before;
    falling = false;
    return read(texts);
  }

  /** Writes what the texts so far have decided. */
  public void save(Snapshot into) {
    into.put("kind", code(isNumber), code(inSeconds), ofDate);
  }

  /** Goes on with what {@link #save} has written. */
  public void load(Snapshot from) {
    long[] kind = from.longs("kind");
    isNumber = decoded(kind[0]);
    inSeconds = decoded(kind[1]);
    ofDate = kind.length > 2 ? Math.toIntExact(kind[2]) : 0; // an older version did not say it
  }

  private static long code(@Nullable Boolean decided) {
    return decided == null ? -1 : decided ? 1 : 0;
  }

  private static @Nullable Boolean decoded(long code) {
    return code < 0 ? null : code > 0;
  }

  /**
   * Reads a time that one column says, or several together. In a form that somebody has named there
   * is a blank or a hyphen between the first two, as in {@code dd.MM.yyyy HH:mm} and {@code
   * yyyy-MM}; the first one that can be read decides.
   *
   * @return why it cannot be read, or null
   */
  @Nullable String read(String[] texts) {
    if (texts.length == 1) {
      return read(texts[0]);
    }
    if (Arrays.stream(texts).anyMatch(String::isEmpty)) {
      return "a part of it is empty, expected a time";
    }
    int likely = ofDate > 0 ? ofDate : columnsOfDate(texts[0]);
    String problem = read(join(texts, likely));
    if (form == null || ofDate > 0) {
      return problem;
    }
    if (problem == null) {
      ofDate = likely;
      return null;
    }
    for (int other : new int[] {MOST_OF_DATE, 1}) {
      if (other != likely && read(join(texts, other)) == null) {
        ofDate = other;
        return null;
      }
    }
    return problem;
  }

  /**
   * Reads a time.
   *
   * @return why it cannot be read, or null
   */
  @Nullable String read(String text) {
    if (text.isEmpty()) {
      return "it is empty, expected a time";
    }
    try {
      String problem = form == null ? readUsual(text) : read(text, form);
      if (problem == null) {
        falling = previous == millis ? falling : millis < previous;
        previous = millis;
      }
      return problem;
    } catch (DateTimeException | ArithmeticException _) {
      return form == null
          ? "it is no time in the form of ISO 8601 (such as 2024-03-31 02:30), and no number of seconds or milliseconds since 1970; say its form with --time-format"
          : "it is not written as --time-format '%s' says".formatted(form);
    }
  }

  private @Nullable String readUsual(String text) {
    boolean number = isNumber != null ? isNumber : isNumber(text);
    if (!number) {
      iso.read(text);
      String problem = take(iso.local(), iso.offset());
      isNumber = problem == null ? Boolean.FALSE : isNumber;
      return problem;
    }
    if (DATE.matcher(text).matches()) {
      return "it is a date without separators; say so with --time-format yyyyMMdd";
    }
    double value = parse(text);
    if (inSeconds == null) {
      if (Math.abs(value) >= MILLIS_BELOW) {
        return tooLarge(Math.abs(value));
      }
      inSeconds = Math.abs(value) < SECONDS_BELOW;
    }
    isNumber = true;
    millis = Math.round(inSeconds ? value * 1000 : value);
    return null;
  }

  /** Why a number is no time: it would be one after the year 5138. */
  private static String tooLarge(double value) {
    boolean micros = value < MICROS_BELOW;
    return "it looks like %s since 1970, and numbers are read as seconds or milliseconds; divide by %s"
        .formatted(micros ? "microseconds" : "nanoseconds", micros ? "1000" : "1000000");
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new DateTimeException(text, e);
    }
  }

  /** Whether a text is a number and no year, month or day. */
  static boolean isNumber(String text) {
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      dots += c == '.' ? 1 : 0;
      if ((c < '0' || c > '9') && c != '.' && !(i == 0 && c == '-')) {
        return false;
      }
    }
    return dots <= 1 && text.length() > 4;
  }

  private @Nullable String read(String text, TimePattern named) {
    String problem = named.read(text);
    return problem == null ? take(named.local(), named.offset()) : problem;
  }

  private @Nullable String take(LocalDateTime local, @Nullable ZoneOffset given) {
    saysOffset = given != null;
    if (given != null) {
      if (offset == null) {
        offset = given;
      } else if (otherOffset == null && !offset.equals(given)) {
        otherOffset = given;
      }
      millis = millis(local, given);
      return null;
    }
    anyLocal = true;
    if (zone == null) {
      millis = millis(local, ZoneOffset.UTC);
      return null;
    }
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      ZoneOffsetTransition change = zone.getRules().getTransition(local);
      return "that time never was in --zone %s, whose clocks were put forward from %s to %s; if the times are of other clocks, name their zone"
          .formatted(zone, change.getDateTimeBefore(), change.getDateTimeAfter());
    }
    millis = millis(local, offsets.getFirst());
    if (offsets.size() > 1) {
      long second = millis(local, offsets.getLast());
      // Newest first, the second time comes first: the mirror of what is in order.
      boolean isFirst = falling ? second >= previous : millis > previous;
      millis = isFirst ? millis : second;
    }
    return null;
  }

  private static long millis(LocalDateTime local, ZoneOffset offset) {
    return Math.addExact(
        Math.multiplyExact(local.toEpochSecond(offset), 1000), local.getNano() / 1_000_000);
  }
}
