// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import dev.unspool.predict.TimeAxis;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody should know about the time and the gaps of a table before a network is trained on
 * it: a line each, nothing where there is neither.
 */
public final class SeriesStory {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  private final SeriesData data;
  private final CsvConfig config;
  private final List<String> lines = new ArrayList<>();

  private SeriesStory(SeriesData data) {
    this.data = data;
    this.config = data.config();
  }

  /** The lines. */
  public static List<String> of(SeriesData data) {
    var story = new SeriesStory(data);
    TimeConfig time = story.config.time();
    TimeAxis axis = data.axis();
    TimedTable.Found found = data.found();
    if (time != null && axis != null && found != null) {
      story.tellTime(time, axis, found);
    }
    if (story.config.gaps() != null) {
      story.tellGaps(story.config.gaps());
    }
    if (axis != null) {
      story.tellParts(data.split());
      story.suggest(time, axis);
    }
    return story.lines;
  }

  private void tellTime(TimeConfig time, TimeAxis axis, TimedTable.Found found) {
    lines.add(
        "Time is %s: %s, from %s to %s%s"
            .formatted(
                time.described(),
                axis.describe(),
                axis.label(0),
                axis.label(data.table().rows() - 1),
                found.unclear() ? "" : " (" + axis.zone() + ")"));
    if (found.sorted()) {
      lines.add("Rows were not in the order of time, and were sorted");
    }
    if (found.duplicates() > 0) {
      lines.add(
          "%s had a time that another row has; what counts is: %s"
              .formatted(Numbers.count(found.duplicates(), "row"), Labels.of(time.duplicates())));
    }
    if (found.moved() > 0) {
      lines.add(
          "%s were not quite at their time (by at most %s), and were taken to the nearest"
              .formatted(
                  Numbers.count(found.moved(), "row"),
                  Numbers.duration(found.farthest() / 1000.0)));
    }
    if (found.missing() > 0) {
      lines.add(
          "%s of %s %s not in the file; the longest gap is %s, from %s on"
              .formatted(
                  Numbers.count(found.missing(), "row"),
                  data.table().rows(),
                  found.missing() == 1 ? "is" : "are",
                  Numbers.count(found.gap(), "row"),
                  axis.label(found.gapAt())));
    }
    if (found.forward() != null) {
      tellForward(axis, found.forward());
    }
    if (found.offsets() != null && time.zone() == null && !time.calendar().isEmpty()) {
      lines.add(
          "Offsets change from %s to %s, and the calendar has the hours of %s: with --zone Europe/Berlin, for example, it has those of clocks there"
              .formatted(
                  found.offsets().first(),
                  found.offsets().other(),
                  axis.zone().equals(ZoneOffset.UTC) ? "UTC" : axis.zone()));
    }
  }

  private void tellForward(TimeAxis axis, TimedTable.Forward forward) {
    lines.add(
        "%s is not in the file, as where clocks are put forward; whose they are is said by --zone %s, for example"
            .formatted(axis.label(forward.row()), forward.zone()));
  }

  private void tellGaps(GapConfig gaps) {
    var missing = new ArrayList<String>();
    Range past = new Range(0, data.end());
    for (String column : config.columns()) {
      long count = data.table().missing(data.table().column(column), past);
      if (count > 0) {
        missing.add("%s of %s".formatted(count, CsvLine.quoted(column)));
      }
    }
    if (!missing.isEmpty()) {
      lines.add(
          "Missing numbers keep their place, count in no loss and are seen as %s: %s"
              .formatted(
                  switch (gaps.fill()) {
                    case ZERO -> "0, with a flag";
                    case LINEAR -> "what lies between their neighbours, with a flag";
                    default -> "the last known one, with a flag";
                  },
                  String.join(", ", missing)));
    }
    if (gaps.fill() == Fill.LINEAR && config.roles().feedBack()) {
      lines.add(
          "Targets that are inputs are seen as their last known value where they are missing: the next one is not known yet");
    }
    long future = data.table().rows() - data.end();
    if (future > 0) {
      lines.add(
          "The newest %s no target: what is learned ends at %s, and a forecast begins at %s"
              .formatted(
                  future == 1 ? "row has" : future + " rows have",
                  data.label(data.end() - 1),
                  data.label(data.end())));
    }
  }

  private void tellParts(Split split) {
    var parts = new ArrayList<String>();
    add(parts, "trained on", split.train());
    add(parts, "validated on", split.valid());
    add(parts, "tested on", split.test());
    lines.add("Rows to be " + String.join(", ", parts));
  }

  private void add(List<String> parts, String what, Range rows) {
    if (!rows.isEmpty()) {
      parts.add("%s %s to %s".formatted(what, data.label(rows.from()), data.label(rows.to() - 1)));
    }
  }

  private void suggest(@Nullable TimeConfig time, TimeAxis axis) {
    String calendar = suggestion(axis);
    if (time != null && time.calendar().isEmpty() && calendar != null) {
      lines.add("With --calendar %s the network would also be told the time".formatted(calendar));
    }
  }

  private static @Nullable String suggestion(TimeAxis axis) {
    if (axis.unit() == TimeAxis.Unit.MONTH) {
      return axis.every() % 12 == 0 ? null : "month";
    }
    long step = axis.length();
    return step < DAY ? "hour,weekday" : step < 7 * DAY ? "weekday,yearday" : "yearday";
  }

  /** Refuses parts of a calendar that are the same in every row. */
  static void requireTelling(@Nullable TimeConfig time, @Nullable TimeAxis axis) {
    if (time != null && axis != null) {
      for (Calendar.Part part : time.calendar()) {
        UsageException.require(
            tells(part, axis),
            "--calendar %s says nothing: there is a row %s; leave it out"
                .formatted(part.label(), axis.describe()));
      }
    }
  }

  private static boolean tells(Calendar.Part part, TimeAxis axis) {
    boolean months = axis.unit() == TimeAxis.Unit.MONTH;
    boolean fixed = axis.unit() == TimeAxis.Unit.MILLISECOND;
    return switch (part) {
      case MINUTE -> fixed && axis.every() % HOUR != 0;
      case HOUR -> fixed && axis.every() % DAY != 0;
      case WEEKDAY -> !months && axis.length() % (7 * DAY) != 0;
      case MONTH, YEARDAY -> !months || axis.every() % 12 != 0;
    };
  }
}
