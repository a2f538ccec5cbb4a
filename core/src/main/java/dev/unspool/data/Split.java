// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/**
 * Data cut into three parts that follow each other in time, so that nothing of the future is
 * learned from.
 *
 * @param train the oldest part
 * @param valid what follows; may be empty
 * @param test the newest part; may be empty
 */
public record Split(Range train, Range valid, Range test) {
  /** A product such as (1 − 0.3) · 10 may come out a little too small. */
  private static final double ROUNDING = 1e-6;

  /** Checks that the parts follow each other. */
  public Split {
    if (train.to() != valid.from() || valid.to() != test.from()) {
      throw new IllegalArgumentException(
          "the parts must follow each other, found train %s, valid %s, test %s"
              .formatted(train, valid, test));
    }
  }

  /**
   * Cuts rows (or tokens) by fractions. Parts end at {@code floor(rows · fraction)}, as slices of
   * arrays are usually cut, so that figures can be compared with those of other programs.
   *
   * @param rows how many there are
   * @param valid fraction for validation, from 0 to below 1
   * @param test fraction for testing, from 0 to below 1
   * @throws IllegalArgumentException if nothing is left to train on
   */
  public static Split byFraction(long rows, double valid, double test) {
    return byFraction(rows, "rows", valid, test);
  }

  /**
   * The same for other things than rows.
   *
   * @param count how many there are
   * @param things what they are called in a refusal: tokens
   */
  public static Split byFraction(long count, String things, double valid, double test) {
    if (!(valid >= 0) || !(test >= 0) || !(valid + test < 1)) {
      throw new IllegalArgumentException(
          "the parts for validation and testing must be at least 0 and less than 1 together,"
              + " found %s and %s".formatted(valid, test));
    }
    long trainEnd = end(count, 1 - valid - test);
    long validEnd = Math.max(trainEnd, end(count, 1 - test));
    if (trainEnd < 1) {
      throw new IllegalArgumentException(
          "of %s %s, none are left to train on: validation takes %s and testing %s"
              .formatted(count, things, validEnd - trainEnd, count - validEnd));
    }
    return new Split(
        new Range(0, trainEnd), new Range(trainEnd, validEnd), new Range(validEnd, count));
  }

  private static long end(long rows, double fraction) {
    return (long) Math.floor(rows * fraction + ROUNDING);
  }
}
