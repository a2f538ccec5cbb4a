// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over lags of products of two signals. Tiles of four sums and two signals load six vectors
 * for eight multiplications; what is left of the sums goes one by one. Holds the room for a packed
 * copy.
 */
final class SimdCorrelations {
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  /** Sums of a tile. */
  private static final int TILE = 4;

  private final ScalarDoubleRows scalar;
  private double[] packed = {};

  /** With loops for what is left over. */
  SimdCorrelations(ScalarDoubleRows scalar) {
    this.scalar = scalar;
  }

  /** See {@link DoubleRows#addCorrelations}. */
  void add(
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
    int down = rowStride * rows;
    int across = columnStride * rows;
    int whole = count / L * L;
    int tiled = whole == 0 ? 0 : sums / TILE * TILE;
    for (int g = 0; g < tiled; g += TILE) {
      int row = offset * rows + g * down;
      pack(d, g, lags, whole);
      for (int r = 0; r < whole; r += L) {
        tiles(c, row + r, down, across, columns, r * lags * TILE, lags, s, first, shift + r);
      }
      for (int i = 0; i < TILE && whole < count; i++) {
        for (int j = 0; j < columns; j++) {
          int at = row + i * down + j * across;
          scalar.addCorrelation(c, at, d, g + i, lags, s[first + j], shift, whole, count);
        }
      }
    }
    for (int g = tiled; g < sums; g++) {
      sum(c, offset * rows + g * down, across, columns, d, g, lags, s, first, shift, count);
    }
  }

  /** One vector of steps, the packed sums, all signals. */
  private void tiles(
      double[] c,
      int at,
      int down,
      int across,
      int columns,
      int p,
      int lags,
      double[][] s,
      int first,
      int shift) {
    int step = TILE * L;
    int end = p + lags * step;
    int j = 0;
    for (; j + 2 <= columns; j += 2) {
      double[] s0 = s[first + j];
      double[] s1 = s[first + j + 1];
      fourByTwo(c, at + j * across, down, across, packed, p, end, step, s0, s1, shift);
    }
    if (j < columns) {
      fourByOne(c, at + j * across, down, packed, p, end, step, s[first + j], shift);
    }
  }

  /** One sum. */
  private void sum(
      double[] c,
      int offset,
      int across,
      int columns,
      double[][][] d,
      int g,
      int lags,
      double[][] s,
      int first,
      int shift,
      int count) {
    int whole = count / (2 * L) * (2 * L);
    int j = 0;
    for (; j + 4 <= columns && whole > 0; j += 4) {
      int at = offset + j * across;
      for (int r = 0; r < whole; r += 2 * L) {
        fourTile(c, at + r, across, d, g, lags, s, first + j, shift + r, r);
      }
      for (int i = 0; i < 4 && whole < count; i++) {
        double[] signal = s[first + j + i];
        scalar.addCorrelation(c, at + i * across, d, g, lags, signal, shift, whole, count);
      }
    }
    for (; j < columns; j++) {
      scalar.addCorrelation(c, offset + j * across, d, g, lags, s[first + j], shift, 0, count);
    }
  }

  /** Four sums of all lags, one vector of steps after the other: lags × 4 × L each. */
  private void pack(double[][][] d, int g, int lags, int whole) {
    int size = TILE * lags * whole;
    if (packed.length < size) {
      packed = new double[size];
    }
    for (int b = 0; b < lags; b++) {
      for (int i = 0; i < TILE; i++) {
        double[] row = d[b][g + i];
        for (int r = 0; r < whole; r += L) {
          int to = ((r / L * lags + b) * TILE + i) * L;
          DoubleVector.fromArray(WIDE, row, r).intoArray(packed, to);
        }
      }
    }
  }

  /**
   * Four sums, two signals, one vector of steps. The step is a parameter so that the compiler takes
   * it for no constant and leaves the loop as it is: unrolled, it would have more sums than
   * registers, and one that goes through memory takes three times as long.
   */
  private static void fourByTwo(
      double[] c,
      int at,
      int down,
      int across,
      double[] d,
      int p,
      int end,
      int step,
      double[] s0,
      double[] s1,
      int shift) {
    var a00 = DoubleVector.fromArray(WIDE, c, at);
    var a10 = DoubleVector.fromArray(WIDE, c, at + down);
    var a20 = DoubleVector.fromArray(WIDE, c, at + 2 * down);
    var a30 = DoubleVector.fromArray(WIDE, c, at + 3 * down);
    var a01 = DoubleVector.fromArray(WIDE, c, at + across);
    var a11 = DoubleVector.fromArray(WIDE, c, at + down + across);
    var a21 = DoubleVector.fromArray(WIDE, c, at + 2 * down + across);
    var a31 = DoubleVector.fromArray(WIDE, c, at + 3 * down + across);
    for (; p < end; p += step, shift--) {
      var x0 = DoubleVector.fromArray(WIDE, s0, shift);
      var x1 = DoubleVector.fromArray(WIDE, s1, shift);
      var d0 = DoubleVector.fromArray(WIDE, d, p);
      a00 = d0.fma(x0, a00);
      a01 = d0.fma(x1, a01);
      var d1 = DoubleVector.fromArray(WIDE, d, p + L);
      a10 = d1.fma(x0, a10);
      a11 = d1.fma(x1, a11);
      var d2 = DoubleVector.fromArray(WIDE, d, p + 2 * L);
      a20 = d2.fma(x0, a20);
      a21 = d2.fma(x1, a21);
      var d3 = DoubleVector.fromArray(WIDE, d, p + 3 * L);
      a30 = d3.fma(x0, a30);
      a31 = d3.fma(x1, a31);
    }
    a00.intoArray(c, at);
    a10.intoArray(c, at + down);
    a20.intoArray(c, at + 2 * down);
    a30.intoArray(c, at + 3 * down);
    a01.intoArray(c, at + across);
    a11.intoArray(c, at + down + across);
    a21.intoArray(c, at + 2 * down + across);
    a31.intoArray(c, at + 3 * down + across);
  }

  /** Four sums, one signal. */
  private static void fourByOne(
      double[] c, int at, int down, double[] d, int p, int end, int step, double[] s0, int shift) {
    var a0 = DoubleVector.fromArray(WIDE, c, at);
    var a1 = DoubleVector.fromArray(WIDE, c, at + down);
    var a2 = DoubleVector.fromArray(WIDE, c, at + 2 * down);
    var a3 = DoubleVector.fromArray(WIDE, c, at + 3 * down);
    for (; p < end; p += step, shift--) {
      var x = DoubleVector.fromArray(WIDE, s0, shift);
      a0 = DoubleVector.fromArray(WIDE, d, p).fma(x, a0);
      a1 = DoubleVector.fromArray(WIDE, d, p + L).fma(x, a1);
      a2 = DoubleVector.fromArray(WIDE, d, p + 2 * L).fma(x, a2);
      a3 = DoubleVector.fromArray(WIDE, d, p + 3 * L).fma(x, a3);
    }
    a0.intoArray(c, at);
    a1.intoArray(c, at + down);
    a2.intoArray(c, at + 2 * down);
    a3.intoArray(c, at + 3 * down);
  }

  /** One sum, four signals, two vectors of steps. */
  private static void fourTile(
      double[] c,
      int at,
      int across,
      double[][][] d,
      int g,
      int lags,
      double[][] s,
      int first,
      int shift,
      int r) {
    double[] s0 = s[first];
    double[] s1 = s[first + 1];
    double[] s2 = s[first + 2];
    double[] s3 = s[first + 3];
    var a0 = DoubleVector.fromArray(WIDE, c, at);
    var b0 = DoubleVector.fromArray(WIDE, c, at + L);
    var a1 = DoubleVector.fromArray(WIDE, c, at + across);
    var b1 = DoubleVector.fromArray(WIDE, c, at + across + L);
    var a2 = DoubleVector.fromArray(WIDE, c, at + 2 * across);
    var b2 = DoubleVector.fromArray(WIDE, c, at + 2 * across + L);
    var a3 = DoubleVector.fromArray(WIDE, c, at + 3 * across);
    var b3 = DoubleVector.fromArray(WIDE, c, at + 3 * across + L);
    for (int b = 0; b < lags; b++) {
      double[] of = d[b][g];
      int from = shift - b;
      var low = DoubleVector.fromArray(WIDE, of, r);
      var high = DoubleVector.fromArray(WIDE, of, r + L);
      a0 = low.fma(DoubleVector.fromArray(WIDE, s0, from), a0);
      b0 = high.fma(DoubleVector.fromArray(WIDE, s0, from + L), b0);
      a1 = low.fma(DoubleVector.fromArray(WIDE, s1, from), a1);
      b1 = high.fma(DoubleVector.fromArray(WIDE, s1, from + L), b1);
      a2 = low.fma(DoubleVector.fromArray(WIDE, s2, from), a2);
      b2 = high.fma(DoubleVector.fromArray(WIDE, s2, from + L), b2);
      a3 = low.fma(DoubleVector.fromArray(WIDE, s3, from), a3);
      b3 = high.fma(DoubleVector.fromArray(WIDE, s3, from + L), b3);
    }
    a0.intoArray(c, at);
    b0.intoArray(c, at + L);
    a1.intoArray(c, at + across);
    b1.intoArray(c, at + across + L);
    a2.intoArray(c, at + 2 * across);
    b2.intoArray(c, at + 2 * across + L);
    a3.intoArray(c, at + 3 * across);
    b3.intoArray(c, at + 3 * across + L);
  }
}
