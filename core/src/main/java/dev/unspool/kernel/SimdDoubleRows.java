// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of eight vectors whose sums stay in registers. Has room for one caller. */
final class SimdDoubleRows implements DoubleRows {
  /** As wide as float vectors are. */
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  private final ScalarDoubleRows scalar = new ScalarDoubleRows();
  private final SimdCorrelations correlations = new SimdCorrelations();

  @Override
  public void addProduct(
      double[][] c, int first, double[][] weights, double[][] d, int from, int to) {
    int lanes = L;
    int end = from + (to - from) / (2 * lanes) * (2 * lanes);
    int j = 0;
    for (; j + 4 <= weights.length; j += 4) {
      for (int r = from; r < end; r += 2 * lanes) {
        productTile(c, first + j, weights, j, d, r, lanes);
      }
    }
    for (; j < weights.length; j++) {
      for (int r = from; r < end; r += 2 * lanes) {
        double[] into = c[first + j];
        double[] row = weights[j];
        var low = DoubleVector.fromArray(WIDE, into, r);
        var high = DoubleVector.fromArray(WIDE, into, r + lanes);
        for (int g = 0; g < row.length; g++) {
          var w = DoubleVector.broadcast(WIDE, row[g]);
          low = w.fma(DoubleVector.fromArray(WIDE, d[g], r), low);
          high = w.fma(DoubleVector.fromArray(WIDE, d[g], r + lanes), high);
        }
        low.intoArray(into, r);
        high.intoArray(into, r + lanes);
      }
    }
    if (end < to) {
      scalar.addProduct(c, first, weights, d, end, to);
    }
  }

  private static void productTile(
      double[][] c, int at, double[][] weights, int j, double[][] d, int r, int lanes) {
    double[] w0 = weights[j];
    double[] w1 = weights[j + 1];
    double[] w2 = weights[j + 2];
    double[] w3 = weights[j + 3];
    var a0 = DoubleVector.fromArray(WIDE, c[at], r);
    var b0 = DoubleVector.fromArray(WIDE, c[at], r + lanes);
    var a1 = DoubleVector.fromArray(WIDE, c[at + 1], r);
    var b1 = DoubleVector.fromArray(WIDE, c[at + 1], r + lanes);
    var a2 = DoubleVector.fromArray(WIDE, c[at + 2], r);
    var b2 = DoubleVector.fromArray(WIDE, c[at + 2], r + lanes);
    var a3 = DoubleVector.fromArray(WIDE, c[at + 3], r);
    var b3 = DoubleVector.fromArray(WIDE, c[at + 3], r + lanes);
    for (int g = 0; g < w0.length; g++) {
      var low = DoubleVector.fromArray(WIDE, d[g], r);
      var high = DoubleVector.fromArray(WIDE, d[g], r + lanes);
      var w = DoubleVector.broadcast(WIDE, w0[g]);
      a0 = w.fma(low, a0);
      b0 = w.fma(high, b0);
      w = DoubleVector.broadcast(WIDE, w1[g]);
      a1 = w.fma(low, a1);
      b1 = w.fma(high, b1);
      w = DoubleVector.broadcast(WIDE, w2[g]);
      a2 = w.fma(low, a2);
      b2 = w.fma(high, b2);
      w = DoubleVector.broadcast(WIDE, w3[g]);
      a3 = w.fma(low, a3);
      b3 = w.fma(high, b3);
    }
    a0.intoArray(c[at], r);
    b0.intoArray(c[at], r + lanes);
    a1.intoArray(c[at + 1], r);
    b1.intoArray(c[at + 1], r + lanes);
    a2.intoArray(c[at + 2], r);
    b2.intoArray(c[at + 2], r + lanes);
    a3.intoArray(c[at + 3], r);
    b3.intoArray(c[at + 3], r + lanes);
  }

  @Override
  public int panel() {
    return SimdCorrelations.PANEL;
  }

  @Override
  public int tile() {
    return SimdCorrelations.TILE;
  }

  @Override
  public void addCorrelations(
      double[] c, int rows, double[][][] d, int sums, int lags, double[] s, int panels) {
    correlations.add(c, rows, d, sums, lags, s, panels);
  }
}
