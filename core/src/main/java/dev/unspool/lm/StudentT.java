// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** Quantiles of Student's distribution. */
final class StudentT {
  private StudentT() {}

  /** The t that a variable with {@code freedom} degrees of freedom exceeds with chance 1 − p. */
  static double quantile(double p, int freedom) {
    if (p < 0.5) {
      return -quantile(1 - p, freedom);
    }
    double low = 0;
    double high = 1;
    while (distribution(high, freedom) < p && high < 1e12) {
      high *= 2;
    }
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
      double middle = (low + high) / 2;
      if (distribution(middle, freedom) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /**
   * Abramowitz and Stegun 26.7.3 and 26.7.4: finite series in θ = arctan(t / √ν). Beyond 400
   * degrees of freedom 26.7.8, whose error is below 1e-6 there, feeds the normal distribution.
   */
  static double distribution(double t, int freedom) {
    if (freedom > 400) {
      double x = t * (1 - 1 / (4.0 * freedom)) / Math.sqrt(1 + t * t / (2.0 * freedom));
      return normal(x);
    }
    double theta = Math.atan(t / Math.sqrt(freedom));
    double cos2 = Math.cos(theta) * Math.cos(theta);
    double term = freedom % 2 == 0 ? 1 : Math.cos(theta);
    double sum = freedom == 1 ? 0 : term;
    for (int k = freedom % 2 == 0 ? 1 : 2; k < freedom - 1; k += 2) {
      term *= cos2 * k / (k + 1);
      sum += term;
    }
    double inside =
        freedom % 2 == 0 ? Math.sin(theta) * sum : 2 / Math.PI * (theta + Math.sin(theta) * sum);
    return 0.5 + inside / 2;
  }

  /** Marsaglia, "Evaluating the Normal Distribution" (2004): a series that needs no tables. */
  private static double normal(double x) {
    if (Math.abs(x) > 8) {
      return x > 0 ? 1 : 0;
    }
    double sum = x;
    double term = x;
    for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
