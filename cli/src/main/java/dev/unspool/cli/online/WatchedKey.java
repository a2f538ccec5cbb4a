// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.Numbers;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows of a key, each beside what had been said about it. Of more rows than there is
 * room for, every second stays, then every fourth, and so on. Nothing is allocated for a row.
 */
final class WatchedKey {
  private static final int DIGITS = 6;
  private static final int PARTS = 3;

  private final String key;
  private final int targets;
  private final boolean combine;
  private final int[] horizons;

  /** What was last said, by row; a row lies at its number modulo the length. */
  private final long[] saidRow;

  private final double[] said;

  private final int room;
  private final long[] rows;
  private final long[] times;
  private final double[] numbers;
  private int count;
  private int stride = 1;

  /** Looks since the last row. */
  private int silent;

  WatchedKey(String key, int targets, List<Integer> horizons, boolean combine, int room) {
    this.key = key;
    this.targets = targets;
    this.combine = combine;
    this.horizons = horizons.stream().mapToInt(Integer::intValue).toArray();
    this.saidRow = new long[horizons.getLast() + 1];
    this.said = new double[saidRow.length * targets * this.horizons.length * PARTS];
    this.room = room;
    this.rows = new long[room];
    this.times = new long[room];
    this.numbers = new double[room * width(targets, this.horizons.length)];
    Arrays.fill(saidRow, -1);
  }

  /** Numbers that are kept of a row. */
  static int width(int targets, int horizons) {
    return targets * (1 + PARTS * horizons);
  }

  /** Takes a row: what is said at it, and what it is. */
  void take(Prediction prediction, double[] truth) {
    silent = 0;
    say(prediction);
    if (prediction.row() % stride != 0) {
      return;
    }
    if (count == room) {
      thin();
      if (prediction.row() % stride != 0) {
        return;
      }
    }
    rows[count] = prediction.row();
    times[count] = prediction.time();
    int to = count * width(targets, horizons.length);
    for (int target = 0; target < targets; target++) {
      numbers[to++] = truth[target];
      for (int horizon = 0; horizon < horizons.length; horizon++) {
        long from = prediction.row() - horizons[horizon];
        int at = from < 0 ? -1 : (int) (from % saidRow.length);
        boolean known = at >= 0 && saidRow[at] == from;
        for (int part = 0; part < PARTS; part++) {
          numbers[to++] = known ? said[place(at, target, horizon) + part] : Double.NaN;
        }
      }
    }
    count++;
  }

  private int place(int at, int target, int horizon) {
    return ((at * targets + target) * horizons.length + horizon) * PARTS;
  }

  private void say(Prediction of) {
    int at = (int) (of.row() % saidRow.length);
    saidRow[at] = of.row();
    for (int target = 0; target < targets; target++) {
      for (int horizon = 0; horizon < horizons.length; horizon++) {
        int to = place(at, target, horizon);
        said[to] = combine ? of.combined(target, horizon) : of.value(target, horizon);
        said[to + 1] = combine ? of.combinedLower(target, horizon) : of.lower(target, horizon);
        said[to + 2] = combine ? of.combinedUpper(target, horizon) : of.upper(target, horizon);
      }
    }
  }

  /** Leaves every second row. */
  private void thin() {
    stride *= 2;
    int width = width(targets, horizons.length);
    int left = 0;
    for (int i = 0; i < count; i++) {
      if (rows[i] % stride == 0) {
        rows[left] = rows[i];
        times[left] = times[i];
        System.arraycopy(numbers, i * width, numbers, left * width, width);
        left++;
      }
    }
    count = left;
  }

  /** What was taken since the last time; null if nothing was. */
  @Nullable WatchedRows look() {
    silent++;
    if (count == 0) {
      return null;
    }
    var numbered = new ArrayList<Long>();
    var timed = new ArrayList<Long>();
    for (int i = 0; i < count; i++) {
      numbered.add(rows[i]);
      timed.add(times[i]);
    }
    var all = new ArrayList<WatchedRows.Target>();
    for (int target = 0; target < targets; target++) {
      int at = target * (1 + PARTS * horizons.length);
      var of = new ArrayList<WatchedRows.Said>();
      for (int horizon = 0; horizon < horizons.length; horizon++) {
        int from = at + 1 + horizon * PARTS;
        of.add(new WatchedRows.Said(column(from), column(from + 1), column(from + 2)));
      }
      all.add(new WatchedRows.Target(column(at), of));
    }
    boolean hasTimes = timed.stream().noneMatch(time -> time == OnlineLearner.NO_TIME);
    count = 0;
    stride = Math.max(1, stride / 2); // a stream may have become slower
    return new WatchedRows(key, numbered, hasTimes ? timed : null, all);
  }

  private List<@Nullable Double> column(int number) {
    int width = width(targets, horizons.length);
    var column = new ArrayList<@Nullable Double>();
    for (int i = 0; i < count; i++) {
      column.add(Numbers.finite(Numbers.rounded(numbers[i * width + number], DIGITS)));
    }
    return column;
  }

  /** How often it was looked at since there was a row. */
  int silent() {
    return silent;
  }
}
