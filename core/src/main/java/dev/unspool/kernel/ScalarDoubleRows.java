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
  public int panel() {
    return 1;
  }

  @Override
  public int tile() {
    return 1;
  }

  @Override
  public void addCorrelations(
      double[] c, int rows, double[][][] d, int sums, int lags, double[] s, int panels) {
    int times = rows + lags - 1;
    for (int r = 0; r < rows; r++) {
      for (int g = 0; g < sums; g++) {
        for (int j = 0; j < panels; j++) {
          double sum = c[(r * sums + g) * panels + j];
          for (int b = 0; b < lags; b++) {
            sum += d[b][g][r] * s[j * times + lags - 1 + r - b];
          }
          c[(r * sums + g) * panels + j] = sum;
        }
      }
    }
  }
}
