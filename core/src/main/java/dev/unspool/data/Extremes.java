// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.function.LongToDoubleFunction;

/**
 * The few numbers that are so far from all others that a standard deviation says more about them
 * than about the others: a sensor's 999.9, a lost decimal point.
 *
 * @param count how many lie farther than {@value #FAR} deviations from the mean
 * @param share part of the sum of squares that is theirs, 0 to 1
 * @param farthest index of the one that lies farthest, −1 if there is none
 * @param of how many numbers there are
 */
public record Extremes(long count, double share, long farthest, long of) {
  /** Of normally distributed values, 1 in 16 000 is farther out. */
  public static final int FAR = 4;

  private static final double MOST = 0.5;
  private static final int FEW = 3;
  private static final int ONE_IN = 200;

  /**
   * Looks at {@code values(0)} to {@code values(count − 1)}, four times; where squares overflow
   * there are no extremes. Those that are missing (NaN) count in nothing.
   *
   * @param values the same at every call
   */
  public static Extremes of(long count, LongToDoubleFunction values) {
    long known = 0;
    for (long i = 0; i < count; i++) {
      known += Double.isNaN(values.applyAsDouble(i)) ? 0 : 1;
    }
    double mean = 0;
    for (long i = 0; i < count; i++) {
      double value = values.applyAsDouble(i);
      mean += Double.isNaN(value) ? 0 : value / known;
    }
    double squares = 0;
    for (long i = 0; i < count; i++) {
      double square = square(values.applyAsDouble(i) - mean);
      squares += Double.isNaN(square) ? 0 : square;
    }
    double limit = FAR * FAR * squares / known;
    long far = 0;
    double theirs = 0;
    long farthest = -1;
    double most = limit;
    for (long i = 0; i < count; i++) {
      double square = square(values.applyAsDouble(i) - mean);
      if (square > limit) {
        far++;
        theirs += square;
      }
      if (square > most) {
        most = square;
        farthest = i;
      }
    }
    return new Extremes(far, far == 0 ? 0 : theirs / squares, farthest, known);
  }

  /** Whether a few of many numbers make up more than half of the variance. */
  public boolean dominate() {
    return share > MOST && count <= Math.max(FEW, of / ONE_IN);
  }

  private static double square(double value) {
    return value * value;
  }
}
