// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.predict.TimeAxis;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found about a table with gaps: how far its targets go, and when its rows are.
 *
 * @param end rows up to the newest known target; those behind it are the future
 * @param flagged columns of which some numbers of the training part are missing, so that a network
 *     is told where
 * @param clock when rows are; null if nobody said so
 */
public record Extent(long end, List<String> flagged, @Nullable Clock clock) {

  /**
   * When rows are.
   *
   * @param origin time of the first row, as ISO 8601 has it
   * @param every units from one row to the next
   * @param unit of these
   * @param zone whose clocks show the time
   * @param endsOfMonths whether each row is at the last day of a month
   */
  public record Clock(
      String origin, long every, TimeAxis.Unit unit, String zone, boolean endsOfMonths) {

    static Clock of(TimeAxis axis) {
      return new Clock(
          axis.origin().toString(),
          axis.every(),
          axis.unit(),
          axis.zone().getId(),
          axis.isAtEndsOfMonths());
    }

    /** The axis. */
    public TimeAxis axis() {
      Instant first = Instant.parse(origin);
      ZoneId in = ZoneId.of(zone);
      return switch (unit) {
        case MILLISECOND -> TimeAxis.every(first, every, in);
        case DAY -> TimeAxis.days(first, every, in);
        case MONTH ->
            endsOfMonths
                ? TimeAxis.endsOfMonths(first, every, in)
                : TimeAxis.months(first, every, in);
      };
    }
  }

  /** When rows are; null if nobody said so. */
  public @Nullable TimeAxis axis() {
    return clock == null ? null : clock.axis();
  }
}
