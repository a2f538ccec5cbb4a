// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a row: a view that the next call of {@link OnlineLearner#predict} overwrites.
 * Values are in the targets' own units.
 */
public final class Prediction {
  private final int targets;
  private final int[] horizons;
  private final double[] values;
  private final double[] offsets;
  private final double[] combined;
  private final double[] combinedOffsets;
  private String key = "";
  private long time;
  private long row;
  private boolean warmingUp;
  private @Nullable Incident reason;

  Prediction(int targets, int[] horizons) {
    this.targets = targets;
    this.horizons = horizons;
    this.values = new double[targets * horizons.length];
    this.offsets = new double[values.length];
    this.combined = new double[values.length];
    this.combinedOffsets = new double[values.length];
  }

  void begin(String ofKey, long atTime, long ofRow) {
    key = ofKey;
    time = atTime;
    row = ofRow;
    warmingUp = false;
    reason = null;
    forget();
  }

  void warmsUp() {
    warmingUp = true;
  }

  void refuse(Incident why) {
    reason = why;
    forget();
  }

  private void forget() {
    Arrays.fill(values, Double.NaN);
    Arrays.fill(offsets, Double.NaN);
    Arrays.fill(combined, Double.NaN);
    Arrays.fill(combinedOffsets, Double.NaN);
  }

  void set(int index, double value, double offset) {
    values[index] = value;
    offsets[index] = offset;
  }

  void combine(int index, double value, double offset) {
    combined[index] = value;
    combinedOffsets[index] = offset;
  }

  /** Whose row it is. */
  public String key() {
    return key;
  }

  /** Number of the row among those of its key, from 0. */
  public long row() {
    return row;
  }

  /** The time that was given with it; {@link OnlineLearner#NO_TIME} if none was. */
  public long time() {
    return time;
  }

  /** Whether there is anything said: not if the record could not be used. */
  public boolean usable() {
    return reason == null;
  }

  /** Why nothing is said; null if something is. */
  public @Nullable Incident reason() {
    return reason;
  }

  /**
   * Whether scales are still being found, so that what is said is the newest known value
   * (persistence).
   */
  public boolean warmingUp() {
    return warmingUp;
  }

  /** Number of targets. */
  public int targets() {
    return targets;
  }

  /** Number of horizons. */
  public int horizons() {
    return horizons.length;
  }

  /** How many rows ahead a horizon lies. */
  public int horizon(int number) {
    return horizons[number];
  }

  /**
   * What is said of a target.
   *
   * @param horizon number of the horizon, from 0
   * @return NaN if nothing is: the record was not usable, or no value of the target is known yet
   */
  public double value(int target, int horizon) {
    return values[index(target, horizon)];
  }

  /**
   * What the model and the baselines say of a target together, see {@link AverageForecaster};
   * {@link Judge#COMBINED} says how good that has been.
   *
   * @param horizon number of the horizon, from 0
   * @return NaN where {@link #value} is
   */
  public double combined(int target, int horizon) {
    return combined[index(target, horizon)];
  }

  /**
   * Lower end of the band around the model's value, which holds as many truths as was asked for;
   * NaN before there is one.
   */
  public double lower(int target, int horizon) {
    int index = index(target, horizon);
    return values[index] - offsets[index];
  }

  /** Upper end of the band. */
  public double upper(int target, int horizon) {
    int index = index(target, horizon);
    return values[index] + offsets[index];
  }

  /** Lower end of the band around what all say together; NaN before there is one. */
  public double combinedLower(int target, int horizon) {
    int index = index(target, horizon);
    return combined[index] - combinedOffsets[index];
  }

  /** Upper end of that band. */
  public double combinedUpper(int target, int horizon) {
    int index = index(target, horizon);
    return combined[index] + combinedOffsets[index];
  }

  private int index(int target, int horizon) {
    if (target < 0 || target >= targets || horizon < 0 || horizon >= horizons.length) {
      throw new IndexOutOfBoundsException(
          "target %s, horizon %s of %s targets at %s horizons"
              .formatted(target, horizon, targets, horizons.length));
    }
    return target * horizons.length + horizon;
  }
}
