// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import java.util.Arrays;

/**
 * How good a predicted distribution is, in the target's units; smaller is better, and no forecaster
 * gains by saying something else than it believes (Gneiting and Raftery, "Strictly proper scoring
 * rules", 2007).
 */
public final class Distributions {
  private Distributions() {}

  /**
   * The pinball loss of a quantile: {@code q (y − ŷ)} where the truth is above, {@code (1 − q)(ŷ −
   * y)} where it is below (Koenker and Bassett 1978).
   *
   * @param quantile q, between 0 and 1
   */
  public static double pinball(double quantile, double prediction, double truth) {
    double above = truth - prediction;
    return above >= 0 ? quantile * above : (quantile - 1) * above;
  }

  /**
   * The continuous ranked probability score of a normal distribution, {@code σ (z (2Φ(z) − 1) +
   * 2φ(z) − 1/√π)} with {@code z = (y − μ)/σ} (Gneiting, Raftery, Westveld and Goldman 2005,
   * equation 5).
   *
   * @param deviation σ, at least 0; 0 gives |y − μ|
   */
  public static double crpsOfGaussian(double mean, double deviation, double truth) {
    double error = Math.abs(truth - mean);
    if (deviation == 0) {
      return error;
    }
    double z = error / deviation;
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    return deviation * (z * (2 * normal(z) - 1) + 2 * density - 1 / Math.sqrt(Math.PI));
  }

  /**
   * The continuous ranked probability score of a sample, {@code E|X − y| − ½ E|X − X′|} (Gneiting
   * and Raftery 2007, equation 21).
   *
   * @param samples at least 1, in any order; not modified
   */
  public static double crpsOfSamples(double[] samples, double truth) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double distance = 0;
    double spread = 0;
    for (int i = 0; i < n; i++) {
      distance += Math.abs(sorted[i] - truth) / n;
      spread += sorted[i] * (2.0 * i + 1 - n) / n / n;
    }
    return distance - spread;
  }

  /**
   * The continuous ranked probability score as quantiles show it: twice the integral of the pinball
   * loss over all levels. Between two levels the loss is taken to be straight, and beyond the outer
   * ones to fall to 0 as its factor does.
   *
   * @param levels rising, between 0 and 1
   * @param quantiles of the same length
   */
  public static double crpsOfQuantiles(double[] levels, double[] quantiles, double truth) {
    if (levels.length != quantiles.length || levels.length == 0) {
      throw new IllegalArgumentException(
          "each quantile needs its level, found %s levels and %s quantiles"
              .formatted(levels.length, quantiles.length));
    }
    double sum = 0;
    double level = 0;
    double loss = 0;
    for (int i = 0; i < levels.length; i++) {
      double next = pinball(levels[i], quantiles[i], truth);
      sum += (levels[i] - level) * (loss + next);
      level = levels[i];
      loss = next;
    }
    return sum + (1 - level) * loss;
  }

  /** Φ: the share of a standard normal distribution below z, to 1e-12. */
  static double normal(double z) {
    double x = Math.abs(z);
    if (x > 8) {
      return z > 0 ? 1 : 0;
    }
    // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …), whose terms are all positive (Marsaglia 2004).
    double term = x;
    double sum = x;
    for (int k = 1; term > 1e-16 * sum; k++) {
      term *= x * x / (2 * k + 1);
      sum += term;
    }
    double half = sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    return z > 0 ? 0.5 + half : 0.5 - half;
  }
}
