// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers for people. */
public final class Numbers {
  private static final int MOST_DECIMALS = 15;
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private Numbers() {}

  /** Four significant digits: {@code 16.43}, {@code 0.001234}, {@code 1.235e-07}. */
  public static String of(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "unknown" : value > 0 ? "infinite" : "-infinite";
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e7)) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    var rounded = new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros();
    return rounded.setScale(Math.max(0, rounded.scale())).toPlainString();
  }

  /**
   * A value for programs: as many digits as make a difference, {@code 12350173.4} and not {@code
   * 1.2350173E7}.
   *
   * @param resolution finer differences say nothing
   */
  public static String decimal(double value, double resolution) {
    if (!Double.isFinite(value) || !(resolution > 0) || Double.isInfinite(resolution)) {
      return Double.toString(value);
    }
    int decimals = (int) -Math.floor(Math.log10(resolution));
    var rounded =
        new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).stripTrailingZeros();
    boolean plain = Math.abs(value) < 1e15 && rounded.scale() <= MOST_DECIMALS;
    return plain
        ? rounded.setScale(Math.max(0, rounded.scale())).toPlainString()
        : Double.toString(rounded.doubleValue());
  }

  /** Percent: {@code 97.25 %}; far below 0, digits say nothing: {@code < -1000 %}. */
  public static String percent(double value) {
    return value < -1000 ? "< -1000 %" : String.format(Locale.ROOT, "%.2f %%", value);
  }

  /** A probability in a name: {@code 5%}, {@code 97.5%}. */
  public static String probability(double value) {
    return BigDecimal.valueOf(value).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }

  /** A duration: {@code 42 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }

  /** The value, rounded to so many significant digits. */
  public static double rounded(double value, int digits) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(digits)).doubleValue()
        : value;
  }

  /** A count and its noun: {@code 1 layer}, {@code 2 layers}. */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** The value, or null where JSON has no number for it. */
  public static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
