// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

/**
 * Correlation of residuals with their own past and with an input: what a model has left
 * unexplained. Where it has explained everything, the residuals are white and independent of the
 * input, and all correlations but that at lag 0 of the residuals with themselves are within their
 * confidence bounds (Ljung, "System Identification", 2nd edition 1999, section 16.6).
 */
public final class Correlation {
  /** Half the width of an interval that holds 95 % of a normal distribution, in deviations. */
  public static final double DEVIATIONS_95 = 1.96;

  /** The same for 99 %. */
  public static final double DEVIATIONS_99 = 2.576;

  private Correlation() {}

  /**
   * Autocorrelation at lags 0 to {@code lags}; 1 at lag 0, and zeros for a constant signal.
   *
   * @param signal not modified; its mean is taken off
   */
  public static double[] auto(double[] signal, int lags) {
    double[] both = cross(signal, signal, lags);
    double[] later = new double[lags + 1];
    System.arraycopy(both, lags, later, 0, lags + 1);
    return later;
  }

  /**
   * Correlation of residuals at t + lag with an input at t, for lags from {@code −lags} to {@code
   * lags}: at positive lags the input comes first, so that correlation there is an effect of the
   * input that the model has missed; at negative lags it is a sign of feedback from the output to
   * the input. Zeros where a signal is constant.
   *
   * @param residuals not modified; their mean is taken off
   * @param input of the same length, likewise
   */
  public static double[] cross(double[] residuals, double[] input, int lags) {
    int n = residuals.length;
    if (input.length != n || lags < 0 || lags >= n) {
      throw new IllegalArgumentException(
          "%s lags need two signals of one length above that, found %s and %s values"
              .formatted(lags, n, input.length));
    }
    double[] e = centred(residuals);
    double[] u = centred(input);
    double norm = Math.sqrt(product(e, e, 0) * product(u, u, 0));
    double[] correlations = new double[2 * lags + 1];
    for (int lag = -lags; lag <= lags; lag++) {
      double sum = lag >= 0 ? product(e, u, lag) : product(u, e, -lag);
      correlations[lags + lag] = norm > 0 ? sum / norm : 0;
    }
    return correlations;
  }

  /** Standard deviation of an autocorrelation where the signal of so many values is white. */
  public static double autoDeviation(int values) {
    return 1 / Math.sqrt(values);
  }

  /**
   * Standard deviation of a cross-correlation of two independent signals, neither of which need be
   * white (Bartlett 1935): √(Σ ρₑ(k) ρᵤ(k) / n), but at least that of white ones.
   *
   * @param lags up to which their own correlations are added up
   */
  public static double crossDeviation(double[] residuals, double[] input, int lags) {
    double[] e = auto(residuals, lags);
    double[] u = auto(input, lags);
    double sum = 1;
    for (int lag = 1; lag <= lags; lag++) {
      sum += 2 * e[lag] * u[lag];
    }
    return Math.sqrt(Math.max(1, sum) / residuals.length);
  }

  /** Without its mean; zeros of a constant, which differs from its mean by rounding only. */
  private static double[] centred(double[] signal) {
    double first = signal[0];
    double sum = 0;
    for (double value : signal) {
      sum += value - first; // far from 0, sums of the values themselves would lose digits
    }
    double mean = first + sum / signal.length;
    double[] centred = new double[signal.length];
    double largest = 0;
    for (int t = 0; t < signal.length; t++) {
      centred[t] = signal[t] - mean;
      largest = Math.max(largest, Math.abs(centred[t]));
    }
    return largest <= 1e-12 * Math.abs(mean) ? new double[signal.length] : centred;
  }

  private static double product(double[] later, double[] earlier, int lag) {
    double sum = 0;
    for (int t = lag; t < later.length; t++) {
      sum += later[t] * earlier[t - lag];
    }
    return sum;
  }
}
