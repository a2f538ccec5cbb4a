// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.function.LongToDoubleFunction;

/**
 * Median, quartiles and the like of numbers that are too many to be sorted: exact, without a copy.
 * The k-th smallest is found from the highest bits of its float64 downwards (radix selection): four
 * passes over the numbers, each counting those of 65 536 kinds.
 */
public final class Quantiles {
  /** How many deviations the quartiles of a normal distribution are apart. */
  private static final double QUARTILES_APART = 1.3489795003921634;

  private static final int DIGIT = 16;
  private static final int KINDS = 1 << DIGIT;

  private final long count;
  private final long known;
  private final LongToDoubleFunction values;

  /**
   * Quantiles of {@code values(0)} to {@code values(count − 1)}.
   *
   * @param count how many there are, at least 1
   * @param values finite, the same at every call; NaN where one is missing, but for at least one
   */
  public Quantiles(long count, LongToDoubleFunction values) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one number is needed, found " + count);
    }
    this.count = count;
    this.values = values;
    long found = 0;
    for (long i = 0; i < count; i++) {
      found += Double.isNaN(values.applyAsDouble(i)) ? 0 : 1;
    }
    this.known = found;
    if (found == 0) {
      throw new IllegalArgumentException("at least one number is needed, all are missing");
    }
  }

  /**
   * A quantile, interpolated between the two numbers that it lies between (definition 7 of Hyndman
   * and Fan, "Sample quantiles in statistical packages", 1996, which NumPy uses too).
   *
   * @param fraction 0.5 for the median, 0.25 and 0.75 for the quartiles
   */
  public double at(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("a fraction is between 0 and 1, found " + fraction);
    }
    double rank = fraction * (known - 1);
    long below = (long) rank;
    double lower = smallest(below);
    double share = rank - below;
    return share == 0 ? lower : lower * (1 - share) + smallest(below + 1) * share;
  }

  /**
   * The deviation of normally distributed numbers with these quartiles: their distance over 1.349.
   * 0 where half of the numbers are the same.
   */
  public double deviation() {
    return (at(0.75) - at(0.25)) / QUARTILES_APART;
  }

  /** The number that {@code rank} others precede in order. */
  private double smallest(long rank) {
    long bits = 0;
    long preceding = rank;
    for (int shift = Long.SIZE - DIGIT; shift >= 0; shift -= DIGIT) {
      long[] ofKind = new long[KINDS];
      for (long i = 0; i < count; i++) {
        double value = values.applyAsDouble(i);
        if (Double.isNaN(value)) {
          continue;
        }
        long key = key(value);
        // The bits above this digit are known; a shift by all 64 would be none.
        if (shift + DIGIT == Long.SIZE || key >>> (shift + DIGIT) == bits >>> (shift + DIGIT)) {
          ofKind[(int) (key >>> shift) & (KINDS - 1)]++;
        }
      }
      int kind = 0;
      while (preceding >= ofKind[kind]) {
        preceding -= ofKind[kind++];
      }
      bits |= (long) kind << shift;
    }
    return number(bits);
  }

  /** Bits that are in order as unsigned numbers where the values are. */
  private static long key(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
  }

  private static double number(long key) {
    return Double.longBitsToDouble(key < 0 ? key ^ Long.MIN_VALUE : ~key);
  }
}
