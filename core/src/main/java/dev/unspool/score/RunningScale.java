// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import java.util.Arrays;

/**
 * Mean and deviation of a series that does not end, and forgets: the weight of a value falls by
 * {@code 1 − 1/memory} with each that follows.
 *
 * <p>Both are exactly the weighted mean and the unbiased weighted deviation of all values so far,
 * whatever their number: nothing has to be believed at the start. Sums of weights make it so
 * (updates: West, "Updating mean and variance estimates", 1979; {@code Σw − Σw²/Σw} in place of n −
 * 1: reliability weights).
 *
 * <p>A <em>robust</em> one draws a value that is too far from the mean in to a limit before it
 * takes it (winsorised; Huber 1964). The limit is the quantile of distances from the mean that one
 * in a hundred exceeds, followed by steps up and down in that proportion (stochastic approximation;
 * Robbins and Monro 1951) that are factors, so that it finds another order of magnitude within a
 * hundred records when the series moves there for good. It is never beyond ten deviations, since no
 * distribution has that quantile further out (Chebyshev). The first sixteen values are drawn in to
 * what their own median and median distance from it say. So a wrong reading of any size counts as
 * one that is barely possible, while what happens more often than once in a hundred records, such
 * as rain, is not taken for an error.
 *
 * <p>NaN, infinity and sizes above 10¹⁵⁰ are not known, and change nothing.
 */
public final class RunningScale implements RunningState {
  private static final double LARGEST = 1e150;

  /** Deviations below this share of the mean are rounding. */
  private static final double ROUNDING = 1e-12;

  /** Share of values that a robust scale may draw in. */
  private static final double SHARE = 0.01;

  /** 1/√share: Chebyshev's bound on the quantile, in deviations. */
  private static final double FURTHEST = 10;

  private static final double STEP = 0.05;
  private static final double UP = 1 + STEP * (1 - SHARE);
  private static final double DOWN = 1 - STEP * SHARE;

  /**
   * Of a normal distribution: the quantile in median distances, E[min(z², q²)] beyond q = 2.576.
   */
  private static final double QUANTILE = 2.5758 / 0.67449;

  private static final double CONSISTENCY = 0.98190;

  private static final int START = 16;

  private final boolean robust;
  private final double keep;
  private final double[] start;
  private double count;
  private double mean;
  private double squares;
  private double weights;
  private double squaredWeights;
  private double limit = Double.POSITIVE_INFINITY;

  private RunningScale(double memory, boolean robust) {
    if (!(memory >= 2)) {
      throw new IllegalArgumentException(
          "a running scale needs a memory of at least 2 records, found " + memory);
    }
    this.robust = robust;
    this.keep = 1 - 1 / memory;
    this.start = new double[robust ? START : 0];
  }

  /**
   * Mean and deviation as they are defined.
   *
   * @param memory in records, at least 2; infinity forgets nothing
   */
  public static RunningScale plain(double memory) {
    return new RunningScale(memory, false);
  }

  /**
   * Mean and deviation which single wrong values hardly change.
   *
   * @param memory in records, at least 2; infinity forgets nothing
   */
  public static RunningScale robust(double memory) {
    return new RunningScale(memory, true);
  }

  /**
   * Takes in a value.
   *
   * @param value one that is not known changes nothing
   */
  public void add(double value) {
    if (!(Math.abs(value) <= LARGEST)) {
      return;
    }
    if (count < start.length) {
      start[(int) count++] = value;
      begin((int) count);
    } else {
      count++;
      take(robust ? drawnIn(value) : value);
    }
  }

  /** How many values were taken in. */
  public long count() {
    return (long) count;
  }

  /** The mean; 0 as long as there was no value. */
  public double mean() {
    return mean;
  }

  /**
   * The deviation, always above 0 and finite: 1 as long as all values were the same, up to
   * rounding.
   */
  public double deviation() {
    double deviation = spread();
    return deviation > 0 ? deviation : 1;
  }

  /** Whether values have differed, beyond rounding: only then does the deviation say how far. */
  public boolean hasSpread() {
    return spread() > 0;
  }

  /** A value in deviations from the mean. */
  public double normalise(double value) {
    return (value - mean) / deviation();
  }

  /** The value that is so many deviations from the mean. */
  public double restore(double normalised) {
    return mean + normalised * deviation();
  }

  @Override
  public int size() {
    return start.length + 6;
  }

  @Override
  public int save(double[] to, int at) {
    System.arraycopy(start, 0, to, at, start.length);
    int next = at + start.length;
    to[next++] = count;
    to[next++] = mean;
    to[next++] = squares;
    to[next++] = weights;
    to[next++] = squaredWeights;
    to[next++] = limit;
    return next;
  }

  @Override
  public int load(double[] from, int at) {
    System.arraycopy(from, at, start, 0, start.length);
    int next = at + start.length;
    count = from[next++];
    mean = from[next++];
    squares = from[next++];
    weights = from[next++];
    squaredWeights = from[next++];
    limit = from[next++];
    return next;
  }

  /** The deviation; 0 where there is none but that of rounding. */
  private double spread() {
    double freedom = weights - squaredWeights / weights;
    double variance = squares / (robust ? freedom * CONSISTENCY : freedom);
    double least = ROUNDING * Math.abs(mean);
    return variance > least * least ? Math.sqrt(variance) : 0;
  }

  private void take(double value) {
    weights = keep * weights + 1;
    squaredWeights = keep * keep * squaredWeights + 1;
    double move = value - mean;
    mean += move / weights;
    squares = keep * squares + move * (value - mean);
  }

  /** Where everything was the same so far, there is nothing that a value could be too far from. */
  private double drawnIn(double value) {
    double spread = spread();
    if (spread == 0) {
      limit = Double.POSITIVE_INFINITY;
      return value;
    }
    double bound = Math.min(limit, FURTHEST * spread);
    double move = value - mean;
    boolean beyond = Math.abs(move) > bound;
    limit = bound * (beyond ? UP : DOWN);
    return beyond ? mean + Math.copySign(bound, move) : value;
  }

  /** The few values so far, anew. */
  private void begin(int size) {
    double[] sorted = Arrays.copyOf(start, size);
    double median = median(sorted);
    for (int i = 0; i < size; i++) {
      sorted[i] = Math.abs(sorted[i] - median);
    }
    double distance = median(sorted);
    limit = distance > 0 ? QUANTILE * distance : Double.POSITIVE_INFINITY;
    mean = 0;
    squares = 0;
    weights = 0;
    squaredWeights = 0;
    for (int i = 0; i < size; i++) {
      take(Math.clamp(start[i], median - limit, median + limit));
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
  }
}
