// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over lags of products of two signals: for each step a product of sums × lags and lags ×
 * columns, in tiles of five by two vectors as in {@link Tiles}. What fills no panel goes along the
 * steps instead.
 */
final class SimdCorrelations {
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  /** Columns of a panel. */
  static final int PANEL = 2 * L;

  private static final int TILE = DoubleRows.TILE;

  private static final int GROUP = SimdDoubleRows.GROUP;

  /** Five sums × columns of a panel. */
  private final double[] apart = new double[TILE * PANEL];

  /** Five sums × steps of a group. */
  private final double[] total = new double[TILE * GROUP];

  private double[] packed = {};
  private double[] ones = {};

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
      AlignedDoubles s,
      WeightColumns columns) {
    int times = rows + lags - 1;
    double[] signals = s.values();
    int start = s.start();
    if (packed.length < lags * TILE * GROUP) {
      packed = new double[lags * TILE * GROUP];
      ones = new double[lags + GROUP];
      Arrays.fill(ones, 1);
    }
    for (int g = 0; g < sums; g += TILE) {
      int height = Math.min(TILE, sums - g);
      for (int r = 0; r < rows; r += GROUP - (row + r) % GROUP) {
        int first = (row + r) % GROUP;
        int some = Math.min(rows - r, GROUP - first);
        pack(d, d.at(lag).at(g, row + r - first), lags);
        for (int q = 0; q < columns.panels(); q++) {
          int from = start + columns.signal(q * PANEL, times) + (lags - 1 + r) * PANEL;
          int width = columns.stride(q * PANEL);
          int at = offset + columns.offset(q * PANEL) + g * width;
          for (int i = 0; i < some; i++) {
            if (height == TILE) {
              tile(packed, first + i, signals, from + i * PANEL, lags, c[r + i], at, width);
            } else {
              Arrays.fill(apart, 0);
              tile(packed, first + i, signals, from + i * PANEL, lags, apart, 0, PANEL);
              addApart(c[r + i], at, width, height);
            }
          }
        }
        for (int j = columns.panels() * PANEL; j < columns.count(); j++) {
          along(lags, signals, start + columns.signal(j, times) + lags - 1 + r - first);
          int width = columns.stride(j);
          addTotal(c, r, first, some, offset + columns.offset(j) + g * width, width, height);
        }
        if (columns.biases().length > 0) {
          along(lags, ones, lags - 1);
        }
        for (int bias : columns.biases()) {
          addTotal(c, r, first, some, offset + bias + g, 1, height);
        }
      }
    }
  }

  /**
   * Five sums of one group of steps, lag by lag: at distances that the compiler knows, a tile's
   * loop needs no check of each index.
   */
  private void pack(LagMatrices d, int from, int lags) {
    for (int b = 0; b < lags; b++) {
      System.arraycopy(d.values, from + b * d.stride, packed, b * TILE * GROUP, TILE * GROUP);
    }
  }

  /** The last tile of the sums is not whole. */
  private void addApart(double[] c, int at, int width, int height) {
    for (int k = 0; k < height; k++) {
      for (int j = 0; j < PANEL; j++) {
        c[at + k * width + j] += apart[k * PANEL + j];
      }
    }
  }

  private void addTotal(double[][] c, int r, int first, int some, int at, int width, int height) {
    for (int i = 0; i < some; i++) {
      for (int k = 0; k < height; k++) {
        c[r + i][at + k * width] += total[k * GROUP + first + i];
      }
    }
  }

  /** One signal with five sums of a group of steps, {@code from} being its value at the first. */
  private void along(int lags, double[] s, int from) {
    var a0 = DoubleVector.zero(WIDE);
    var b0 = a0;
    var a1 = a0;
    var b1 = a0;
    var a2 = a0;
    var b2 = a0;
    var a3 = a0;
    var b3 = a0;
    var a4 = a0;
    var b4 = a0;
    for (int b = 0; b < lags; b++) {
      int at = b * TILE * GROUP;
      var low = DoubleVector.fromArray(WIDE, s, from - b);
      var high = DoubleVector.fromArray(WIDE, s, from - b + L);
      a0 = low.fma(DoubleVector.fromArray(WIDE, packed, at), a0);
      b0 = high.fma(DoubleVector.fromArray(WIDE, packed, at + L), b0);
      a1 = low.fma(DoubleVector.fromArray(WIDE, packed, at + GROUP), a1);
      b1 = high.fma(DoubleVector.fromArray(WIDE, packed, at + GROUP + L), b1);
      a2 = low.fma(DoubleVector.fromArray(WIDE, packed, at + 2 * GROUP), a2);
      b2 = high.fma(DoubleVector.fromArray(WIDE, packed, at + 2 * GROUP + L), b2);
      a3 = low.fma(DoubleVector.fromArray(WIDE, packed, at + 3 * GROUP), a3);
      b3 = high.fma(DoubleVector.fromArray(WIDE, packed, at + 3 * GROUP + L), b3);
      a4 = low.fma(DoubleVector.fromArray(WIDE, packed, at + 4 * GROUP), a4);
      b4 = high.fma(DoubleVector.fromArray(WIDE, packed, at + 4 * GROUP + L), b4);
    }
    a0.intoArray(total, 0);
    b0.intoArray(total, L);
    a1.intoArray(total, GROUP);
    b1.intoArray(total, GROUP + L);
    a2.intoArray(total, 2 * GROUP);
    b2.intoArray(total, 2 * GROUP + L);
    a3.intoArray(total, 3 * GROUP);
    b3.intoArray(total, 3 * GROUP + L);
    a4.intoArray(total, 4 * GROUP);
    b4.intoArray(total, 4 * GROUP + L);
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
