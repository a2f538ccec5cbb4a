// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/**
 * A block of consecutive steps: steps × lanes × features, time-major and row-major, float32.
 *
 * <p>A block is a window onto an array that somebody owns; {@link #view} shares that array, {@link
 * #copy} does not. The value of feature {@code f} of lane {@code b} at step {@code t} stands at
 * {@code offset + (t * lanes + b) * features + f}. Class and token indices are stored as floats,
 * which hold integers exactly up to 2²⁴.
 */
public final class Steps {
  private final float[] values;
  private final int offset;
  private final int steps;
  private final int lanes;
  private final int features;

  private Steps(float[] values, int offset, int steps, int lanes, int features) {
    if (steps < 0 || lanes < 1 || features < 0) {
      throw new IllegalArgumentException(
          "a block needs steps >= 0, lanes >= 1 and features >= 0, found %s × %s × %s"
              .formatted(steps, lanes, features));
    }
    long end = offset + (long) steps * lanes * features;
    if (offset < 0 || end > values.length) {
      throw new IllegalArgumentException(
          "%s × %s × %s values from offset %s need an array of %s, found %s"
              .formatted(steps, lanes, features, offset, end, values.length));
    }
    this.values = values;
    this.offset = offset;
    this.steps = steps;
    this.lanes = lanes;
    this.features = features;
  }

  /** A new block of zeros. */
  public static Steps allocate(int steps, int lanes, int features) {
    long size = (long) steps * lanes * features;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%s × %s × %s values do not fit into one Java array; use fewer steps or lanes"
              .formatted(steps, lanes, features));
    }
    return new Steps(new float[(int) Math.max(size, 0)], 0, steps, lanes, features);
  }

  /** A block over the whole of {@code values}, which stays the caller's and is shared. */
  public static Steps of(float[] values, int steps, int lanes, int features) {
    return new Steps(values, 0, steps, lanes, features);
  }

  /** A block over a part of {@code values}, which stays the caller's and is shared. */
  public static Steps of(float[] values, int offset, int steps, int lanes, int features) {
    return new Steps(values, offset, steps, lanes, features);
  }

  /** The shared array; this block begins at {@link #offset()}. */
  public float[] values() {
    return values;
  }

  /** Index in {@link #values()} of the first value of the first step. */
  public int offset() {
    return offset;
  }

  /** Number of steps. */
  public int steps() {
    return steps;
  }

  /** Number of lanes, at least 1. */
  public int lanes() {
    return lanes;
  }

  /** Number of features of one lane at one step. */
  public int features() {
    return features;
  }

  /** Number of values: steps · lanes · features. */
  public int size() {
    return steps * lanes * features;
  }

  /** Index in {@link #values()} of the first value of {@code step}. */
  public int at(int step) {
    return offset + step * lanes * features;
  }

  /** One value. */
  public float get(int step, int lane, int feature) {
    return values[index(step, lane, feature)];
  }

  /** Sets one value. */
  public void set(int step, int lane, int feature, float value) {
    values[index(step, lane, feature)] = value;
  }

  private int index(int step, int lane, int feature) {
    if (step < 0
        || step >= steps
        || lane < 0
        || lane >= lanes
        || feature < 0
        || feature >= features) {
      throw new IndexOutOfBoundsException(
          "step %s, lane %s, feature %s of a block of %s × %s × %s"
              .formatted(step, lane, feature, steps, lanes, features));
    }
    return offset + (step * lanes + lane) * features + feature;
  }

  /** The steps {@code from} (inclusive) to {@code to} (exclusive), sharing this block's array. */
  public Steps view(int from, int to) {
    if (from < 0 || to < from || to > steps) {
      throw new IndexOutOfBoundsException("steps %s to %s of %s".formatted(from, to, steps));
    }
    return from == 0 && to == steps
        ? this
        : new Steps(values, at(from), to - from, lanes, features);
  }

  /** A copy with an array of its own. */
  public Steps copy() {
    return new Steps(
        Arrays.copyOfRange(values, offset, offset + size()), 0, steps, lanes, features);
  }

  /** Copies the values of {@code other}, which must have the same shape, into this block. */
  public void set(Steps other) {
    if (other.steps != steps || other.lanes != lanes || other.features != features) {
      throw new IllegalArgumentException("cannot copy %s into %s".formatted(other, this));
    }
    System.arraycopy(other.values, other.offset, values, offset, size());
  }

  /** Sets every value. */
  public void fill(float value) {
    Arrays.fill(values, offset, offset + size(), value);
  }

  /** Sum of all values, in float64: of a mask, how much its steps count. */
  public double sum() {
    double sum = 0;
    for (int i = offset; i < offset + size(); i++) {
      sum += values[i];
    }
    return sum;
  }

  /** The shape, for messages: {@code 20 steps × 4 lanes × 7 features}. */
  @Override
  public String toString() {
    return "%s steps × %s lanes × %s features".formatted(steps, lanes, features);
  }
}
