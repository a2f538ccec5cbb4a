// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.baseline.OnlineBaselines;
import dev.unspool.model.Snapshot;
import java.util.Arrays;

/**
 * The newest rows of a key, with what was said at each and has not come true yet: a ring, one slot
 * a row. Of each value there are its base and unit, with which the truth will be measured as the
 * prediction was; and the target that the truth has become, until a sweep has counted it.
 */
final class Waiting {
  /** No step was made at this row. */
  static final long NONE = -1;

  private static final byte DONE = 0;
  private static final byte OPEN = 1;
  private static final byte FRESH = 2;

  private final int slots;
  private final int values;
  private final long[] steps;
  private final long[] firsts;
  private final int[] fresh;
  private final double[] bases;
  private final double[] units;
  private final double[] forecasts;
  private final double[] offsets;
  private final double[] combinedOffsets;
  private final float[] targets;
  private final byte[] states;

  /** Rows whose truths something could be learned from, each in its place. */
  private final long[] heard;

  /**
   * Holds nothing.
   *
   * @param furthest row ahead of the newest whose truth may come
   */
  Waiting(int slots, int values, int furthest) {
    this.slots = slots;
    this.values = values;
    this.steps = new long[slots];
    this.firsts = new long[slots];
    this.fresh = new int[slots];
    this.bases = new double[slots * values];
    this.units = new double[slots * values];
    this.forecasts = new double[slots * values * Judge.FORECASTERS];
    this.offsets = new double[slots * values];
    this.combinedOffsets = new double[slots * values];
    this.targets = new float[slots * values];
    this.states = new byte[slots * values];
    this.heard = new long[slots + furthest];
    Arrays.fill(steps, NONE);
    Arrays.fill(firsts, -1);
    Arrays.fill(heard, NONE);
  }

  private int slot(long row) {
    return (int) (row % slots);
  }

  /** Whether the slot of a row that is about to come holds targets that no sweep has counted. */
  boolean holdsFresh(long row) {
    return fresh[slot(row)] > 0;
  }

  /**
   * Makes room for a row.
   *
   * @param first the row with which its sequence has begun
   */
  void open(long row, long first) {
    int slot = slot(row);
    steps[slot] = NONE;
    firsts[slot] = first;
    fresh[slot] = 0;
    int from = slot * values;
    int all = Judge.FORECASTERS;
    Arrays.fill(forecasts, from * all, (from + values) * all, Double.NaN);
    Arrays.fill(states, from, from + values, DONE);
  }

  /** The row with which the sequence of a row has begun that is still here. */
  long first(long row) {
    return firsts[slot(row)];
  }

  /** What was said without a step. */
  void say(long row, int value, double base, double unit, double prediction, double offset) {
    int at = slot(row) * values + value;
    bases[at] = base;
    units[at] = unit;
    forecasts[at * Judge.FORECASTERS] = prediction;
    offsets[at] = offset;
  }

  /** How wide the band is around what all say of a value together, in units. */
  void combine(long row, int value, double offset) {
    combinedOffsets[slot(row) * values + value] = offset;
  }

  /** Says that a row is a step, whose outputs wait for what comes. */
  void stepped(long row, long step) {
    int slot = slot(row);
    steps[slot] = step;
    Arrays.fill(states, slot * values, (slot + 1) * values, OPEN);
  }

  /** Says that nothing can be learned from the truth of a value. */
  void closeValue(long row, int value) {
    states[slot(row) * values + value] = DONE;
  }

  /** The steps that were made until now can not be gone back to any more. */
  void close() {
    Arrays.fill(steps, NONE);
    Arrays.fill(states, DONE);
    Arrays.fill(fresh, 0);
  }

  /** Takes what baselines say of a value. */
  void compare(long row, int value, double[] from, int at) {
    System.arraycopy(from, at, forecasts, forecast(row, value) + 1, OnlineBaselines.KINDS);
  }

  /** What all forecasters have said, from {@link #forecast} on for a value. */
  double[] forecasts() {
    return forecasts;
  }

  int forecast(long row, int value) {
    return (slot(row) * values + value) * Judge.FORECASTERS;
  }

  double base(long row, int value) {
    return bases[slot(row) * values + value];
  }

  double unit(long row, int value) {
    return units[slot(row) * values + value];
  }

  double said(long row, int value) {
    return forecasts[forecast(row, value)];
  }

  double offset(long row, int value) {
    return offsets[slot(row) * values + value];
  }

  double combinedOffset(long row, int value) {
    return combinedOffsets[slot(row) * values + value];
  }

  /** Forgets what was said: its truth has come. */
  void told(long row, int value) {
    forecasts[forecast(row, value)] = Double.NaN;
  }

  /** Takes note that something can be learned from a truth of a row; whether it is the first. */
  boolean hear(long row) {
    int at = (int) (row % heard.length);
    boolean first = heard[at] != row;
    heard[at] = row;
    return first;
  }

  /** Whether a value waits for its truth: its row is a step, and it was not told. */
  boolean isOpen(long row, int value) {
    return states[slot(row) * values + value] == OPEN;
  }

  /** A truth has become the target of a value that has waited for it. */
  void target(long row, int value, float target) {
    int slot = slot(row);
    int at = slot * values + value;
    states[at] = FRESH;
    targets[at] = target;
    fresh[slot]++;
  }

  long step(long row) {
    return steps[slot(row)];
  }

  boolean isFresh(long row) {
    return fresh[slot(row)] > 0;
  }

  /** Copies the targets of a row which no sweep has counted; NaN where there are none. */
  void copyFresh(long row, float[] into, int at) {
    int from = slot(row) * values;
    for (int i = 0; i < values; i++) {
      into[at + i] = states[from + i] == FRESH ? targets[from + i] : Float.NaN;
    }
  }

  /** Says that a sweep has counted the targets of a row. */
  void counted(long row) {
    int slot = slot(row);
    fresh[slot] = 0;
    for (int i = slot * values; i < (slot + 1) * values; i++) {
      if (states[i] == FRESH) {
        states[i] = DONE;
      }
    }
  }

  void save(Snapshot snapshot) {
    snapshot.put("steps", steps.clone());
    // Behind the others, where older snapshots end: that an entry is missing would not be seen.
    long[] rows = Arrays.copyOf(firsts, slots + heard.length);
    System.arraycopy(heard, 0, rows, slots, heard.length);
    snapshot.put("firsts", rows);
    snapshot.put("bases", bases.clone());
    snapshot.put("units", units.clone());
    snapshot.put("forecasts", forecasts.clone());
    snapshot.put("offsets", offsets.clone());
    snapshot.put("combinedOffsets", combinedOffsets.clone());
    snapshot.put("targets", targets.clone());
    long[] each = new long[states.length];
    Arrays.setAll(each, i -> states[i]);
    snapshot.put("states", each);
  }

  void load(Snapshot snapshot) {
    long[] each = snapshot.longs("states");
    copy(snapshot.longs("steps"), steps, slots);
    long[] rows = snapshot.longs("firsts");
    boolean older = rows.length == slots;
    require(rows.length, older ? slots : slots + heard.length);
    System.arraycopy(rows, 0, firsts, 0, slots);
    Arrays.fill(heard, NONE);
    System.arraycopy(rows, slots, heard, 0, older ? 0 : heard.length);
    copy(snapshot.doubles("bases"), bases, bases.length);
    copy(snapshot.doubles("units"), units, units.length);
    copy(snapshot.doubles("forecasts"), forecasts, forecasts.length);
    copy(snapshot.doubles("offsets"), offsets, offsets.length);
    copy(snapshot.doubles("combinedOffsets"), combinedOffsets, combinedOffsets.length);
    float[] stored = snapshot.floats("targets");
    require(stored.length, targets.length);
    require(each.length, states.length);
    System.arraycopy(stored, 0, targets, 0, targets.length);
    Arrays.fill(fresh, 0);
    for (int i = 0; i < states.length; i++) {
      states[i] = (byte) each[i];
      fresh[i / values] += states[i] == FRESH ? 1 : 0;
    }
  }

  private static void copy(Object from, Object into, int length) {
    require(java.lang.reflect.Array.getLength(from), length);
    System.arraycopy(from, 0, into, 0, length);
  }

  private static void require(int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          ("%s numbers of rows that wait for their truths are stored, expected %s; the snapshot was"
                  + " written with other horizons or another delay")
              .formatted(found, expected));
    }
  }
}
