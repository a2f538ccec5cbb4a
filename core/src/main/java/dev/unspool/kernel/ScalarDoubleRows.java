// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Plain loops. */
final class ScalarDoubleRows implements DoubleRows {
  @Override
  public void addProduct(
      double[][] c, int first, double[][] weights, double[][] d, int from, int to) {
    for (int j = 0; j < weights.length; j++) {
      double[] row = weights[j];
      for (int g = 0; g < row.length; g++) {
        addScaled(c[first + j], row[g], d[g], from, to);
      }
    }
  }

  private static void addScaled(double[] c, double w, double[] d, int from, int to) {
    for (int r = from; r < to; r++) {
      c[r] += w * d[r];
    }
  }

  @Override
  public void addCorrelations(
      double[][] c,
      int offset,
      int stride,
      int columns,
      double[][][] d,
      int g,
      int lags,
      double[][] s,
      int first,
      int shift,
      int count) {
    for (int j = 0; j < columns; j++) {
      double[] into = c[offset + j * stride];
      for (int b = 0; b < lags; b++) {
        multiplyAdd(into, d[b][g], s[first + j], shift - b, count);
      }
    }
  }

  private static void multiplyAdd(double[] c, double[] d, double[] s, int shift, int count) {
    for (int r = 0; r < count; r++) {
      c[r] += d[r] * s[shift + r];
    }
  }
}
