// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.TimeAxis;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the step of a series from its times: months where all are at the same day of one, else what
 * most of them are apart, else the middle of that, if it is close to a step that people use.
 *
 * @param count number of times, at least 2
 * @param times in milliseconds, ascending
 * @param zone whose clocks show them
 */
record StepOfTime(long count, LongUnaryOperator times, ZoneId zone) {
  private static final long DAY = 86_400_000;
  private static final long SHORTEST_MONTH = 28 * DAY - DAY / 4;

  /** Times that differ more often than this are not all remembered. */
  private static final int REMEMBERED = 10_000;

  /** How far the middle may be from a step that people use. */
  private static final double NEAR = 0.05;

  private static final long[] USUAL = {
    1,
    2,
    5,
    10,
    20,
    25,
    40,
    50,
    100,
    200,
    250,
    500,
    1000,
    2000,
    5000,
    10_000,
    15_000,
    20_000,
    30_000,
    60_000,
    120_000,
    180_000,
    300_000,
    360_000,
    600_000,
    720_000,
    900_000,
    1_200_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    14_400_000,
    21_600_000,
    28_800_000,
    43_200_000,
    DAY,
    7 * DAY
  };

  /** The axis, or null if the times are at no equal steps. */
  @Nullable TimeAxis find() {
    long step = mostFrequent(i -> times.applyAsLong(i) - times.applyAsLong(i - 1));
    boolean usual = step > 0;
    if (!usual) {
      step = nearUsual(middle());
    }
    if (step <= 0) {
      return null;
    }
    if (step >= SHORTEST_MONTH) {
      TimeAxis months = months();
      if (months != null) {
        return months;
      }
    }
    Instant first = Instant.ofEpochMilli(times.applyAsLong(0));
    return step % DAY == 0 && isAtOneHour()
        ? TimeAxis.days(first, step / DAY, zone)
        : TimeAxis.every(origin(step), step, zone);
  }

  /** The value that at least half of the indices from 1 on have, or 0. */
  private long mostFrequent(LongUnaryOperator values) {
    Map<Long, Long> counts = new HashMap<>();
    long most = 0;
    long best = 0;
    for (long i = 1; i < count; i++) {
      long value = values.applyAsLong(i);
      if (counts.size() < REMEMBERED || counts.containsKey(value)) {
        long seen = counts.merge(value, 1L, Long::sum);
        if (value > 0 && seen > most) {
          most = seen;
          best = value;
        }
      }
    }
    return 2 * most >= count - 1 ? best : 0;
  }

  private double middle() {
    return new Quantiles(count - 1, i -> times.applyAsLong(i + 1) - times.applyAsLong(i)).at(0.5);
  }

  private static long nearUsual(double middle) {
    for (long usual : USUAL) {
      if (Math.abs(middle / usual - 1) < NEAR) {
        return usual;
      }
    }
    return 0;
  }

  private LocalDateTime local(long i) {
    return LocalDateTime.ofInstant(Instant.ofEpochMilli(times.applyAsLong(i)), zone);
  }

  private boolean isAtOneHour() {
    LocalTime first = local(0).toLocalTime();
    for (long i = 1; i < count; i++) {
      if (!local(i).toLocalTime().equals(first)) {
        return false;
      }
    }
    return true;
  }

  /** Months, if all times are at one hour of one day of them, or of their last days. */
  private @Nullable TimeAxis months() {
    LocalDateTime first = local(0);
    boolean oneDay = true;
    boolean ends = true;
    for (long i = 0; i < count; i++) {
      LocalDateTime time = local(i);
      oneDay &= time.getDayOfMonth() == first.getDayOfMonth();
      ends &= time.getDayOfMonth() == time.toLocalDate().lengthOfMonth();
    }
    long months = oneDay || ends ? mostFrequent(i -> month(i) - month(i - 1)) : 0;
    if (months <= 0 || !isAtOneHour()) {
      return null;
    }
    Instant origin = Instant.ofEpochMilli(times.applyAsLong(0));
    return oneDay
        ? TimeAxis.months(origin, months, zone)
        : TimeAxis.endsOfMonths(origin, months, zone);
  }

  private long month(long i) {
    LocalDateTime time = local(i);
    return 12L * time.getYear() + time.getMonthValue();
  }

  /**
   * Where the first row is meant to be: where most rows are, or if they are anywhere, at a multiple
   * of the step if the first one is close to that.
   */
  private Instant origin(long step) {
    long first = times.applyAsLong(0);
    long phase = mostFrequent(i -> Math.floorMod(times.applyAsLong(i), step) + 1) - 1;
    if (phase < 0) {
      long offset =
          zone.getRules().getOffset(Instant.ofEpochMilli(first)).getTotalSeconds() * 1000L;
      phase = Math.floorMod(-offset, step);
      long apart = Math.floorMod(first - phase + step / 2, step) - step / 2;
      if (Math.abs(apart) > step / 4) {
        return Instant.ofEpochMilli(first);
      }
    }
    long since = Math.floorMod(first - phase, step);
    return Instant.ofEpochMilli(2 * since >= step ? first - since + step : first - since);
  }
}
