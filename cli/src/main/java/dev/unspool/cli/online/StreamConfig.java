// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.UsageException;
import dev.unspool.data.TimeText;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a stream, and what a model sees of it.
 *
 * @param columns what is read of each record
 * @param format how records are written
 * @param timeFormat how a time is written, in java.time's pattern letters; null for the usual forms
 * @param zone of local times, and whose clocks show the time; null for UTC
 * @param calendar what the model sees of the time; may be empty
 * @param fill what stands for an input that is missing: its newest value, 0, or nothing, and then
 *     the record cannot be used
 * @param seasons after how many rows the stream repeats; the first is that of the baselines
 * @param messages what is taken of the messages that bring the records; null where none do
 */
public record StreamConfig(
    StreamColumns columns,
    RecordFormat format,
    @Nullable String timeFormat,
    @Nullable String zone,
    List<Calendar.Part> calendar,
    Fill fill,
    List<Integer> seasons,
    @Nullable Messages messages) {

  /**
   * What a message says beside its text.
   *
   * @param key whether its key says which sequence a record is of
   * @param time whether its timestamp says when the record is
   */
  public record Messages(boolean key, boolean time) {
    /** What no column says. */
    public static Messages of(StreamColumns columns) {
      return new Messages(columns.key() == null, columns.time().isEmpty());
    }
  }

  /** Rows of four seasons are counted in an int; there is no memory for so many. */
  private static final int LONGEST_SEASON = 500_000_000;

  /** Checks what the parts alone do not show. */
  public StreamConfig {
    UsageException.require(
        calendar.stream().distinct().count() == calendar.size(), "--calendar names a part twice");
    boolean timed = !columns.time().isEmpty() || (messages != null && messages.time());
    UsageException.require(
        timed || (timeFormat == null && zone == null && calendar.isEmpty()),
        "--time-format, --zone and --calendar need a column that says when a record is; name it with --time");
    UsageException.require(
        fill != Fill.LINEAR,
        "--fill linear needs the next value, which a stream does not know yet; use last or zero");
    for (int season : seasons) {
      UsageException.require(season >= 2, "--season must be at least 2 rows, found " + season);
      UsageException.require(
          season <= LONGEST_SEASON,
          "--season must be at most %s rows, found %s".formatted(LONGEST_SEASON, season));
    }
    UsageException.require(
        seasons.stream().distinct().count() == seasons.size(), "--season names a season twice");
    try {
      var _ = new TimeText(timeFormat, zone(zone));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--time-format '%s': %s".formatted(timeFormat, e.getMessage()));
    }
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

  /** Whether its records are of several sequences. */
  public boolean keyed() {
    return columns.key() != null || (messages != null && messages.key());
  }

  /** A reader of its times. */
  TimeText times() {
    return new TimeText(timeFormat, zone(zone));
  }

  /** Whose clocks show the time. */
  ZoneId clocks() {
    ZoneId known = zone(zone);
    return known == null ? ZoneOffset.UTC : known;
  }
}
