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
      double[] c,
      int rows,
      int offset,
      int rowStride,
      int columnStride,
      int sums,
      int columns,
      double[][][] d,
      int lags,
      double[][] s,
      int first,
      int shift,
      int count) {
    for (int g = 0; g < sums; g++) {
      for (int j = 0; j < columns; j++) {
        int at = (offset + g * rowStride + j * columnStride) * rows;
        addCorrelation(c, at, d, g, lags, s[first + j], shift, 0, count);
      }
    }
  }

  /** One weight, the steps {@code from} to {@code to}. */
  void addCorrelation(
      double[] c,
      int at,
      double[][][] d,
      int g,
      int lags,
      double[] s,
      int shift,
      int from,
      int to) {
    for (int b = 0; b < lags; b++) {
      multiplyAdd(c, at, d[b][g], s, shift - b, from, to);
    }
  }

  private static void multiplyAdd(
      double[] c, int at, double[] d, double[] s, int shift, int from, int to) {
    for (int r = from; r < to; r++) {
      c[at + r] += d[r] * s[shift + r];
    }
  }
}
