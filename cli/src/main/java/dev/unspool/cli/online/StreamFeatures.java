// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import dev.unspool.predict.TimeAxis;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model sees of a record: its inputs, filled where they are missing; for some a flag that
 * says so; and the time.
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
  private final int count;

  StreamFeatures(StreamConfig stream, @Nullable Inherited inherited) {
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
    this.count = columns + flags + (calendar == null ? 0 : calendar.count());
  }

  /** How many numbers a model sees. */
  int count() {
    return count;
  }

  /** Of how many of them the newest value is to be remembered. */
  int columns() {
    return inputs.size();
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
   * @param newest the newest known value of each input, which this one may become
   * @param into as many as {@link #count}
   * @return name of an input that is missing, and for which nothing can stand; else null
   */
  @Nullable String write(double[] numbers, long millis, double[] newest, double[] into) {
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
