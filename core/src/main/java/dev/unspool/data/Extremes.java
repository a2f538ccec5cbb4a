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
   * Looks at {@code values(0)} to {@code values(count − 1)}, three times; where squares overflow
   * there are no extremes.
   *
   * @param values the same at every call
   */
  public static Extremes of(long count, LongToDoubleFunction values) {
    double mean = 0;
    for (long i = 0; i < count; i++) {
      mean += values.applyAsDouble(i) / count;
    }
    double squares = 0;
    for (long i = 0; i < count; i++) {
      squares += square(values.applyAsDouble(i) - mean);
    }
    double limit = FAR * FAR * squares / count;
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
    return new Extremes(far, far == 0 ? 0 : theirs / squares, farthest, count);
  }

  /** Whether a few of many numbers make up more than half of the variance. */
  public boolean dominate() {
    return share > MOST && count <= Math.max(FEW, of / ONE_IN);
  }

  private static double square(double value) {
    return value * value;
  }
}
