// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over lags of products of two signals: for each row a product of sums × lags and lags ×
 * columns, in tiles of five by two vectors as in {@link SimdTiles}. Holds the room for a packed
 * copy of five sums.
 */
final class SimdCorrelations {
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  /** Columns of a panel. */
  static final int PANEL = 2 * L;

  /** Sums of a tile. */
  static final int TILE = 5;

  private double[] packed = {};

  /** See {@link DoubleRows#addCorrelations}. */
  void add(double[] c, int rows, double[][][] d, int sums, int lags, double[] s, int panels) {
    int width = panels * PANEL;
    int times = rows + lags - 1;
    int height = (sums + TILE - 1) / TILE * TILE;
    if (packed.length < rows * lags * TILE) {
      packed = new double[rows * lags * TILE];
    }
    for (int g = 0; g < sums; g += TILE) {
      pack(d, g, Math.min(TILE, sums - g), lags, rows);
      for (int r = 0; r < rows; r++) {
        for (int q = 0; q < panels; q++) {
          int from = (q * times + lags - 1 + r) * PANEL;
          int at = (r * height + g) * width + q * PANEL;
          tile(packed, r * lags * TILE, s, from, lags, c, at, width);
        }
      }
    }
  }

  /** Five sums, rows × lags × 5; what lies beyond the last one stays what it was. */
  private void pack(double[][][] d, int g, int height, int lags, int rows) {
    for (int b = 0; b < lags; b++) {
      double[] d0 = d[b][g];
      double[] d1 = d[b][g + Math.min(1, height - 1)];
      double[] d2 = d[b][g + Math.min(2, height - 1)];
      double[] d3 = d[b][g + Math.min(3, height - 1)];
      double[] d4 = d[b][g + height - 1];
      for (int r = 0; r < rows; r++) {
        int to = (r * lags + b) * TILE;
        packed[to] = d0[r];
        packed[to + 1] = d1[r];
        packed[to + 2] = d2[r];
        packed[to + 3] = d3[r];
        packed[to + 4] = d4[r];
      }
    }
  }

  private static void tile(
      double[] d, int p, double[] s, int from, int lags, double[] c, int at, int width) {
    var a0 = DoubleVector.fromArray(WIDE, c, at);
    var b0 = DoubleVector.fromArray(WIDE, c, at + L);
    var a1 = DoubleVector.fromArray(WIDE, c, at + width);
    var b1 = DoubleVector.fromArray(WIDE, c, at + width + L);
    var a2 = DoubleVector.fromArray(WIDE, c, at + 2 * width);
    var b2 = DoubleVector.fromArray(WIDE, c, at + 2 * width + L);
    var a3 = DoubleVector.fromArray(WIDE, c, at + 3 * width);
    var b3 = DoubleVector.fromArray(WIDE, c, at + 3 * width + L);
    var a4 = DoubleVector.fromArray(WIDE, c, at + 4 * width);
    var b4 = DoubleVector.fromArray(WIDE, c, at + 4 * width + L);
    for (int b = 0; b < lags; b++) {
      var low = DoubleVector.fromArray(WIDE, s, from - b * PANEL);
      var high = DoubleVector.fromArray(WIDE, s, from - b * PANEL + L);
      var x0 = DoubleVector.broadcast(WIDE, d[p + b * TILE]);
      a0 = x0.fma(low, a0);
      b0 = x0.fma(high, b0);
      var x1 = DoubleVector.broadcast(WIDE, d[p + b * TILE + 1]);
      a1 = x1.fma(low, a1);
      b1 = x1.fma(high, b1);
      var x2 = DoubleVector.broadcast(WIDE, d[p + b * TILE + 2]);
      a2 = x2.fma(low, a2);
      b2 = x2.fma(high, b2);
      var x3 = DoubleVector.broadcast(WIDE, d[p + b * TILE + 3]);
      a3 = x3.fma(low, a3);
      b3 = x3.fma(high, b3);
      var x4 = DoubleVector.broadcast(WIDE, d[p + b * TILE + 4]);
      a4 = x4.fma(low, a4);
      b4 = x4.fma(high, b4);
    }
    a0.intoArray(c, at);
    b0.intoArray(c, at + L);
    a1.intoArray(c, at + width);
    b1.intoArray(c, at + width + L);
    a2.intoArray(c, at + 2 * width);
    b2.intoArray(c, at + 2 * width + L);
    a3.intoArray(c, at + 3 * width);
    b3.intoArray(c, at + 3 * width + L);
    a4.intoArray(c, at + 4 * width);
    b4.intoArray(c, at + 4 * width + L);
  }
}
