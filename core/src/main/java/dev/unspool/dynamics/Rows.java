// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/** The hot loops over a batch of steps. Four terms at a time, so that sums stay in registers. */
final class Rows {
  private Rows() {}

  /** {@code c[r] += Σ_g weights[g] · d[g][r]} for r from {@code from} to {@code to}. */
  static void addCombination(double[] c, double[] weights, double[][] d, int from, int to) {
    int g = 0;
    for (; g + 4 <= weights.length; g += 4) {
      four(
          c,
          weights[g],
          d[g],
          weights[g + 1],
          d[g + 1],
          weights[g + 2],
          d[g + 2],
          weights[g + 3],
          d[g + 3],
          from,
          to);
    }
    for (; g < weights.length; g++) {
      one(c, weights[g], d[g], from, to);
    }
  }

  private static void four(
      double[] c,
      double w0,
      double[] d0,
      double w1,
      double[] d1,
      double w2,
      double[] d2,
      double w3,
      double[] d3,
      int from,
      int to) {
    for (int r = from; r < to; r++) {
      c[r] += w0 * d0[r] + w1 * d1[r] + (w2 * d2[r] + w3 * d3[r]);
    }
  }

  private static void one(double[] c, double w, double[] d, int from, int to) {
    for (int r = from; r < to; r++) {
      c[r] += w * d[r];
    }
  }

  /** {@code c[r] += d[r] · s[shift + r]}. */
  static void addProduct(double[] c, double[] d, double[] s, int shift, int from, int to) {
    for (int r = from; r < to; r++) {
      c[r] += d[r] * s[shift + r];
    }
  }

  /** {@code c[r] += Σ_{b < 4} d_b[r] · s[shift − b + r]}: four lags of one weight's derivative. */
  static void addFourProducts(
      double[] c,
      double[] d0,
      double[] d1,
      double[] d2,
      double[] d3,
      double[] s,
      int shift,
      int from,
      int to) {
    for (int r = from; r < to; r++) {
      c[r] +=
          d0[r] * s[shift + r]
              + d1[r] * s[shift - 1 + r]
              + (d2[r] * s[shift - 2 + r] + d3[r] * s[shift - 3 + r]);
    }
  }

  /** {@code c[r] += d[r]}. */
  static void add(double[] c, double[] d, int from, int to) {
    for (int r = from; r < to; r++) {
      c[r] += d[r];
    }
  }
}
