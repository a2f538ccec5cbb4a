// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.baseline.SeasonInputs;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import dev.unspool.predict.TimeAxis;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model sees of a record: its inputs, filled where they are missing; for some a flag that
 * says so; the time; and what seasons before did.
 */
final class StreamFeatures {
  private final List<String> inputs;
  private final Fill[] fill;
  private final boolean[] flag;

  /** What stands for a number of which no value is known yet. */
  private final double[] unknown;

  private final @Nullable Calendar calendar;
  private final ZoneId zone;
  private final @Nullable TimeAxis axis;
  private final int ahead;

  /** Targets of which it is told what seasons before did. */
  private final int[] seasonal;

  private final int[] seasons;
  private final int[] horizons;
  private final int count;

  /** What the network of a stream sees. */
  static StreamFeatures of(OnlineConfig config) {
    return new StreamFeatures(
        config.stream(), config.learning().output().horizons(), config.inherited());
  }

  private StreamFeatures(
      StreamConfig stream, List<Integer> horizons, @Nullable Inherited inherited) {
    this.inputs = stream.columns().inputs();
    int columns = inputs.size();
    this.fill = new Fill[columns];
    this.flag = new boolean[columns];
    this.unknown = new double[columns];
    for (int i = 0; i < columns; i++) {
      fill[i] = inherited == null ? stream.fill() : inherited.inputs().get(i).fill();
      flag[i] = inherited != null && inherited.inputs().get(i).flag();
      unknown[i] = inherited == null ? Double.NaN : inherited.inputs().get(i).mean();
    }
    this.calendar = stream.calendar().isEmpty() ? null : new Calendar(stream.calendar());
    this.axis = inherited == null || inherited.clock() == null ? null : inherited.clock().axis();
    this.zone = axis == null ? stream.clocks() : axis.zone();
    this.ahead = inherited == null ? 0 : inherited.calendarAhead();
    int flags = 0;
    for (boolean each : flag) {
      flags += each ? 1 : 0;
    }
    this.seasons = ints(stream.seasons());
    this.horizons = ints(horizons);
    boolean told = seasons.length > 0 && inherited == null && this.horizons[0] > 0;
    this.seasonal = told ? stream.columns().targetNumbers() : new int[0];
    this.count =
        columns
            + flags
            + (calendar == null ? 0 : calendar.count())
            + seasonal.length * SeasonInputs.count(seasons.length, horizons.size());
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What is to be remembered of a key that begins. */
  KeyState begin() {
    return new KeyState(
        inputs.size(),
        IntStream.range(0, seasonal.length)
            .mapToObj(_ -> new SeasonInputs(seasons, horizons))
            .toList());
  }

  /** How many numbers a model sees. */
  int count() {
    return count;
  }

  /** Means and deviations of a run, for all that a model sees. */
  double[][] scales(Inherited inherited) {
    var mean = new double[count];
    var deviation = new double[count];
    Arrays.fill(deviation, 1);
    for (int i = 0; i < inputs.size(); i++) {
      mean[i] = inherited.inputs().get(i).mean();
      deviation[i] = inherited.inputs().get(i).deviation();
    }
    return new double[][] {mean, deviation};
  }

  /**
   * Writes what is seen of a record.
   *
   * @param numbers of the record, the inputs first
   * @param millis when it is, if the model sees the time
   * @param key whose record it is; takes it in
   * @param into as many as {@link #count}
   * @return name of an input that is missing, and for which nothing can stand; else null
   */
  @Nullable String write(double[] numbers, long millis, KeyState key, double[] into) {
    double[] newest = key.newest;
    String missing = null;
    int next = fill.length;
    for (int i = 0; i < fill.length; i++) {
      double value = numbers[i];
      boolean known = !Double.isNaN(value);
      if (known) {
        newest[i] = value;
      } else {
        value = filled(i, newest[i]);
        missing = Double.isNaN(value) && missing == null ? inputs.get(i) : missing;
      }
      into[i] = value;
      if (flag[i]) {
        into[next++] = known ? 0 : 1;
      }
    }
    if (calendar != null) {
      calendar.write(local(millis), into, next);
      next += calendar.count();
    }
    for (int i = 0; i < seasonal.length; i++) {
      SeasonInputs target = key.seasons.get(i);
      target.add(numbers[seasonal[i]]);
      next = target.write(into, next);
    }
    return missing;
  }

  private double filled(int input, double newest) {
    return switch (fill[input]) {
      case NONE, LINEAR -> Double.NaN;
      case ZERO -> 0;
      case LAST -> Double.isNaN(newest) ? unknown[input] : newest;
    };
  }

  private long local(long millis) {
    if (axis != null && ahead > 0) {
      return axis.local(axis.row(millis) + ahead);
    }
    return millis
        + zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds() * 1000L;
  }
}
