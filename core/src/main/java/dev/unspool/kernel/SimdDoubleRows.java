// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of five by two vectors whose sums stay in registers. Has room for one caller. */
final class SimdDoubleRows implements DoubleRows {
  /** As wide as float vectors are. */
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = WIDE.length();

  /** Steps of a group. */
  static final int GROUP = 2 * L;

  private final ScalarDoubleRows scalar = new ScalarDoubleRows();
  private final SimdCorrelations correlations = new SimdCorrelations();

  @Override
  public int group() {
    return GROUP;
  }

  @Override
  public int panel() {
    return SimdCorrelations.PANEL;
  }

  @Override
  public void multiply(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to) {
    int head = Math.min(to, (from + GROUP - 1) / GROUP * GROUP);
    int end = Math.max(head, to / GROUP * GROUP);
    for (int r = head; r < end; r += GROUP) {
      multiply(c.values, c.at(first, r), d.values, d.at(row, r), s, at + r);
    }
    scalar.multiply(c, first, d, row, s, at, from, head);
    scalar.multiply(c, first, d, row, s, at, end, to);
  }

  /** One group. */
  private static void multiply(double[] c, int i, double[] d, int k, double[][] s, int at) {
    for (int j = 0; j < s.length; j++) {
      var low = DoubleVector.fromArray(WIDE, d, k + j * GROUP);
      var high = DoubleVector.fromArray(WIDE, d, k + j * GROUP + L);
      low = low.mul(DoubleVector.fromArray(WIDE, s[j], at));
      high = high.mul(DoubleVector.fromArray(WIDE, s[j], at + L));
      low.intoArray(c, i + j * GROUP);
      high.intoArray(c, i + j * GROUP + L);
    }
  }

  @Override
  public void addMultiple(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to) {
    int head = Math.min(to, (from + GROUP - 1) / GROUP * GROUP);
    int end = Math.max(head, to / GROUP * GROUP);
    for (int r = head; r < end; r += GROUP) {
      addMultiple(c.values, c.at(first, r), d.values, d.at(row, r), s, at + r);
    }
    scalar.addMultiple(c, first, d, row, s, at, from, head);
    scalar.addMultiple(c, first, d, row, s, at, end, to);
  }

  /** One group. */
  private static void addMultiple(double[] c, int i, double[] d, int k, double[][] s, int at) {
    for (int j = 0; j < s.length; j++) {
      int to = i + j * GROUP;
      var low = DoubleVector.fromArray(WIDE, c, to);
      var high = DoubleVector.fromArray(WIDE, c, to + L);
      var lowD = DoubleVector.fromArray(WIDE, d, k + j * GROUP);
      var highD = DoubleVector.fromArray(WIDE, d, k + j * GROUP + L);
      low = DoubleVector.fromArray(WIDE, s[j], at).fma(lowD, low);
      high = DoubleVector.fromArray(WIDE, s[j], at + L).fma(highD, high);
      low.intoArray(c, to);
      high.intoArray(c, to + L);
    }
  }

  @Override
  public void addProduct(
      StepMatrix c,
      int first,
      double[] weights,
      int rows,
      int sums,
      StepMatrix d,
      int row,
      int steps) {
    for (int r = 0; r < steps; r += GROUP) {
      int from = d.at(row, r);
      for (int j = 0; j < rows; j += TILE) {
        tile(c.values, c.at(first + j, r), weights, j * sums, sums, d.values, from);
      }
    }
  }

  private static void tile(
      double[] c, int at, double[] weights, int w, int sums, double[] d, int from) {
    var a0 = DoubleVector.fromArray(WIDE, c, at);
    var b0 = DoubleVector.fromArray(WIDE, c, at + L);
    var a1 = DoubleVector.fromArray(WIDE, c, at + GROUP);
    var b1 = DoubleVector.fromArray(WIDE, c, at + GROUP + L);
    var a2 = DoubleVector.fromArray(WIDE, c, at + 2 * GROUP);
    var b2 = DoubleVector.fromArray(WIDE, c, at + 2 * GROUP + L);
    var a3 = DoubleVector.fromArray(WIDE, c, at + 3 * GROUP);
    var b3 = DoubleVector.fromArray(WIDE, c, at + 3 * GROUP + L);
    var a4 = DoubleVector.fromArray(WIDE, c, at + 4 * GROUP);
    var b4 = DoubleVector.fromArray(WIDE, c, at + 4 * GROUP + L);
    for (int g = 0; g < sums; g++) {
      var low = DoubleVector.fromArray(WIDE, d, from + g * GROUP);
      var high = DoubleVector.fromArray(WIDE, d, from + g * GROUP + L);
      var x0 = DoubleVector.broadcast(WIDE, weights[w + g * TILE]);
      a0 = x0.fma(low, a0);
      b0 = x0.fma(high, b0);
      var x1 = DoubleVector.broadcast(WIDE, weights[w + g * TILE + 1]);
      a1 = x1.fma(low, a1);
      b1 = x1.fma(high, b1);
      var x2 = DoubleVector.broadcast(WIDE, weights[w + g * TILE + 2]);
      a2 = x2.fma(low, a2);
      b2 = x2.fma(high, b2);
      var x3 = DoubleVector.broadcast(WIDE, weights[w + g * TILE + 3]);
      a3 = x3.fma(low, a3);
      b3 = x3.fma(high, b3);
      var x4 = DoubleVector.broadcast(WIDE, weights[w + g * TILE + 4]);
      a4 = x4.fma(low, a4);
      b4 = x4.fma(high, b4);
    }
    a0.intoArray(c, at);
    b0.intoArray(c, at + L);
    a1.intoArray(c, at + GROUP);
    b1.intoArray(c, at + GROUP + L);
    a2.intoArray(c, at + 2 * GROUP);
    b2.intoArray(c, at + 2 * GROUP + L);
    a3.intoArray(c, at + 3 * GROUP);
    b3.intoArray(c, at + 3 * GROUP + L);
    a4.intoArray(c, at + 4 * GROUP);
    b4.intoArray(c, at + 4 * GROUP + L);
  }

  @Override
  public void addCorrelations(
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
    correlations.add(c, offset, row, rows, d, sums, lag, lags, s, columns);
  }

  @Override
  public void combine(
      double[] into, double[] begin, int length, double[] factors, double[][] rows, int count) {
    if (length < L) {
      scalar.combine(into, begin, length, factors, rows, count);
      return;
    }
    int at = 0;
    while (true) {
      var sum = DoubleVector.fromArray(WIDE, begin, at);
      for (int i = 0; i < count; i++) {
        sum =
            DoubleVector.broadcast(WIDE, factors[i])
                .fma(DoubleVector.fromArray(WIDE, rows[i], at), sum);
      }
      sum.intoArray(into, at);
      if (at + L >= length) {
        return;
      }
      at = Math.min(at + L, length - L); // the last vector may overlap the one before
    }
  }
}
