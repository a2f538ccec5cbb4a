// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over lags of products of two signals: for each step a product of sums × lags and lags ×
 * columns, in tiles of five by two vectors as in {@link SimdTiles}.
 */
final class SimdCorrelations {
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  /** Columns of a panel. */
  static final int PANEL = 2 * L;

  private static final int TILE = DoubleRows.TILE;

  private static final int GROUP = SimdDoubleRows.GROUP;

  /** A tile whose weights are not neighbours. */
  private final double[] apart = new double[TILE * PANEL];

  /** Five sums of a group of steps, added up over the lags. */
  private final double[] total = new double[TILE * GROUP];

  private double[] packed = {};

  /** See {@link DoubleRows#addCorrelations}. */
  void add(
      double[][] c,
      int offset,
      int row,
      int rows,
      LagMatrices d,
      int sums,
      int lag,
      int lags,
      double[] s,
      WeightColumns columns) {
    int times = rows + lags - 1;
    for (int r = 0; r < rows; r += GROUP - (row + r) % GROUP) {
      int some = Math.min(rows - r, GROUP - (row + r) % GROUP);
      for (int g = 0; g < sums; g += TILE) {
        int height = Math.min(TILE, sums - g);
        pack(d, d.at(lag).at(g, (row + r) / GROUP * GROUP), lags);
        if (columns.biases().length > 0) {
          sum(lags, 0);
          sum(lags, L);
        }
        for (int q = 0; q < columns.panels(); q++) {
          for (int i = 0; i < some; i++) {
            int from = (q * times + lags - 1 + r + i) * PANEL;
            if (height == TILE && columns.dense(q)) {
              int width = columns.stride(q * PANEL);
              int at = offset + columns.offset(q * PANEL) + g * width;
              tile(packed, (row + r) % GROUP + i, s, from, lags, c[r + i], at, width);
            } else {
              Arrays.fill(apart, 0);
              tile(packed, (row + r) % GROUP + i, s, from, lags, apart, 0, PANEL);
              spread(columns, q, g, height, c[r + i], offset);
            }
          }
        }
        for (int bias : columns.biases()) {
          for (int i = 0; i < some; i++) {
            int at = offset + bias + g;
            for (int k = 0; k < height; k++) {
              c[r + i][at + k] += total[k * GROUP + (row + r) % GROUP + i];
            }
          }
        }
      }
    }
  }

  /**
   * Five sums of one group of steps, lag by lag: at distances that the compiler knows, a tile's
   * loop needs no check of each index.
   */
  private void pack(LagMatrices d, int from, int lags) {
    if (packed.length < lags * TILE * GROUP) {
      packed = new double[lags * TILE * GROUP];
    }
    for (int b = 0; b < lags; b++) {
      System.arraycopy(d.values, from + b * d.stride, packed, b * TILE * GROUP, TILE * GROUP);
    }
  }

  /** Adds up what has been packed, over the lags, for one half of the steps. */
  private void sum(int lags, int half) {
    var a0 = DoubleVector.zero(WIDE);
    var a1 = a0;
    var a2 = a0;
    var a3 = a0;
    var a4 = a0;
    for (int b = 0; b < lags; b++) {
      int at = b * TILE * GROUP + half;
      a0 = a0.add(DoubleVector.fromArray(WIDE, packed, at));
      a1 = a1.add(DoubleVector.fromArray(WIDE, packed, at + GROUP));
      a2 = a2.add(DoubleVector.fromArray(WIDE, packed, at + 2 * GROUP));
      a3 = a3.add(DoubleVector.fromArray(WIDE, packed, at + 3 * GROUP));
      a4 = a4.add(DoubleVector.fromArray(WIDE, packed, at + 4 * GROUP));
    }
    a0.intoArray(total, half);
    a1.intoArray(total, half + GROUP);
    a2.intoArray(total, half + 2 * GROUP);
    a3.intoArray(total, half + 3 * GROUP);
    a4.intoArray(total, half + 4 * GROUP);
  }

  /** Adds the tile apart to where its weights stand. */
  private void spread(WeightColumns columns, int q, int g, int height, double[] c, int offset) {
    int end = Math.min(columns.count(), (q + 1) * PANEL);
    for (int j = q * PANEL; j < end; j++) {
      int width = columns.stride(j);
      int at = offset + columns.offset(j) + g * width;
      for (int i = 0; i < height; i++) {
        c[at + i * width] += apart[i * PANEL + j - q * PANEL];
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
      var x0 = DoubleVector.broadcast(WIDE, d[p + b * TILE * GROUP]);
      a0 = x0.fma(low, a0);
      b0 = x0.fma(high, b0);
      var x1 = DoubleVector.broadcast(WIDE, d[p + b * TILE * GROUP + GROUP]);
      a1 = x1.fma(low, a1);
      b1 = x1.fma(high, b1);
      var x2 = DoubleVector.broadcast(WIDE, d[p + b * TILE * GROUP + 2 * GROUP]);
      a2 = x2.fma(low, a2);
      b2 = x2.fma(high, b2);
      var x3 = DoubleVector.broadcast(WIDE, d[p + b * TILE * GROUP + 3 * GROUP]);
      a3 = x3.fma(low, a3);
      b3 = x3.fma(high, b3);
      var x4 = DoubleVector.broadcast(WIDE, d[p + b * TILE * GROUP + 4 * GROUP]);
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
