// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

/**
 * Autocorrelation of a series in which numbers may be missing: at each lag the mean product of
 * those pairs of which both are there, over the mean square. All lags at once by the fast Fourier
 * transform of the series and of what is there of it (Wiener and Khinchin).
 */
public final class Autocorrelation {
  private Autocorrelation() {}

  /**
   * Autocorrelation at lags 0 to {@code lags}: 1 at lag 0; 0 at lags at which there are no pairs,
   * and everywhere of a constant.
   *
   * @param values NaN where one is missing; their mean is taken off; not modified
   * @param lags below the number of values
   */
  public static double[] of(double[] values, int lags) {
    int n = values.length;
    if (lags < 0 || lags >= n) {
      throw new IllegalArgumentException(
          "%s lags need more than as many values, found %s".formatted(lags, n));
    }
    double mean = mean(values);
    double[] there = new double[n];
    double[] centred = new double[n];
    double largest = 0;
    for (int t = 0; t < n; t++) {
      there[t] = Double.isNaN(values[t]) ? 0 : 1;
      centred[t] = Double.isNaN(values[t]) ? 0 : values[t] - mean;
      largest = Math.max(largest, Math.abs(centred[t]));
    }
    double[] correlations = new double[lags + 1];
    correlations[0] = 1;
    if (!(largest > 1e-12 * Math.abs(mean))) {
      return correlations;
    }
    for (int t = 0; t < n; t++) {
      centred[t] /= largest; // squares of any unit stay within float64
    }
    double[] products = products(centred, lags);
    double[] pairs = products(there, lags);
    for (int lag = 1; lag <= lags; lag++) {
      long count = Math.round(pairs[lag]);
      correlations[lag] =
          count == 0 ? 0 : products[lag] / count / (products[0] / Math.round(pairs[0]));
    }
    return correlations;
  }

  private static double mean(double[] values) {
    double first = Double.NaN;
    double sum = 0;
    long count = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        first = count == 0 ? value : first;
        sum += value - first; // far from 0, sums of the values themselves would lose digits
        count++;
      }
    }
    return count == 0 ? 0 : first + sum / count;
  }

  /** Σ x[t] x[t + lag] at each lag: the power of the spectrum, transformed back. */
  private static double[] products(double[] x, int lags) {
    int size = Integer.highestOneBit(Math.max(1, x.length + lags)) << 1;
    double[] real = new double[size];
    double[] imaginary = new double[size];
    System.arraycopy(x, 0, real, 0, x.length);
    transform(real, imaginary);
    for (int k = 0; k < size; k++) {
      real[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
      imaginary[k] = 0;
    }
    transform(real, imaginary); // of an even spectrum, back and forth are the same but for the size
    double[] products = new double[lags + 1];
    for (int lag = 0; lag <= lags; lag++) {
      products[lag] = real[lag] / size;
    }
    return products;
  }

  /** Fourier transform in place, of a power of two of numbers (Cooley and Tukey 1965). */
  private static void transform(double[] real, double[] imaginary) {
    int n = real.length;
    int bits = Integer.numberOfTrailingZeros(n);
    for (int k = 0; k < n; k++) {
      int other = bits == 0 ? 0 : Integer.reverse(k) >>> (Integer.SIZE - bits);
      if (k < other) {
        swap(real, k, other);
        swap(imaginary, k, other);
      }
    }
    double[] cosine = new double[n / 2];
    double[] sine = new double[n / 2];
    for (int k = 0; k < n / 2; k++) {
      cosine[k] = Math.cos(2 * Math.PI * k / n);
      sine[k] = -Math.sin(2 * Math.PI * k / n);
    }
    for (int half = 1; half < n; half *= 2) {
      int stride = n / (2 * half);
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = start + k;
          int b = a + half;
          double re = real[b] * cosine[k * stride] - imaginary[b] * sine[k * stride];
          double im = real[b] * sine[k * stride] + imaginary[b] * cosine[k * stride];
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
  }

  private static void swap(double[] x, int a, int b) {
    double kept = x[a];
    x[a] = x[b];
    x[b] = kept;
  }
}
