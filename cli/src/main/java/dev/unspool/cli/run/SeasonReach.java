// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.judge.Question;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.TimeAxis;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a training sees as far as its series takes to repeat. */
public final class SeasonReach {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;
  private static final long YEAR = 365 * DAY;

  private SeasonReach() {}

  /**
   * A line for each target that repeats after more rows than derivatives go back, and of whose
   * season no calendar says anything.
   *
   * @param k2 how many rows back derivatives go
   */
  public static List<String> doubts(SeriesData data, long k2) {
    var doubts = new ArrayList<String>();
    for (TargetScale target : data.targets()) {
      List<Integer> seasons =
          target.known()
              ? Question.seasons(
                  data.table().andNothingAfter(), target.column(), data.split().train())
              : List.of();
      for (int season : seasons.reversed()) {
        Set<Calendar.Part> parts = parts(data.axis(), season);
        TimeConfig time = data.config().time();
        boolean told = time != null && !parts.isEmpty() && time.calendar().containsAll(parts);
        if (season > k2 && !told) {
          doubts.add(
              "'%s' repeats every %s rows; --k2 %s cannot see that far: --k2 %s%s"
                  .formatted(target.name(), season, k2, season, calendar(parts)));
          break;
        }
      }
    }
    return doubts;
  }

  private static String calendar(Set<Calendar.Part> parts) {
    return parts.isEmpty()
        ? ""
        : ", or --calendar " + String.join(",", parts.stream().map(Calendar.Part::label).toList());
  }

  /** The parts of a calendar that come again as a season does; none if there are none. */
  private static Set<Calendar.Part> parts(@Nullable TimeAxis axis, int season) {
    if (axis == null) {
      return Set.of();
    }
    long step = axis.millis(1) - axis.millis(0);
    long length = axis.millis(season) - axis.millis(0);
    if (isAbout(length, DAY, HOUR)) {
      return EnumSet.of(Calendar.Part.HOUR);
    }
    if (isAbout(length, WEEK, HOUR)) {
      return step < DAY
          ? EnumSet.of(Calendar.Part.HOUR, Calendar.Part.WEEKDAY)
          : EnumSet.of(Calendar.Part.WEEKDAY);
    }
    if (isAbout(length, YEAR, 2 * DAY)) {
      return step < WEEK ? EnumSet.of(Calendar.Part.YEARDAY) : EnumSet.of(Calendar.Part.MONTH);
    }
    return isAbout(length, HOUR, 0) ? EnumSet.of(Calendar.Part.MINUTE) : Set.of();
  }

  private static boolean isAbout(long length, long expected, long tolerance) {
    return Math.abs(length - expected) <= tolerance;
  }
}
