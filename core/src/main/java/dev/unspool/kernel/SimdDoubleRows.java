// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of four rows × two vectors, whose sums stay in registers. */
final class SimdDoubleRows implements DoubleRows {
  /** As wide as float vectors are. */
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private final ScalarDoubleRows scalar = new ScalarDoubleRows();

  @Override
  public void addProduct(
      double[][] c, int first, double[][] weights, double[][] d, int from, int to) {
    int lanes = WIDE.length();
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
    int lanes = WIDE.length();
    int end = count / (2 * lanes) * (2 * lanes);
    int j = 0;
    for (; j + 4 <= columns && end == count; j += 4) {
      int at = offset + j * stride;
      for (int r = 0; r < end; r += 2 * lanes) {
        correlationTile(
            c[at],
            c[at + stride],
            c[at + 2 * stride],
            c[at + 3 * stride],
            d,
            g,
            lags,
            s,
            first + j,
            shift + r,
            r,
            lanes);
      }
    }
    for (; j < columns && end == count; j++) {
      double[] into = c[offset + j * stride];
      double[] signal = s[first + j];
      for (int r = 0; r < end; r += 2 * lanes) {
        var low = DoubleVector.fromArray(WIDE, into, r);
        var high = DoubleVector.fromArray(WIDE, into, r + lanes);
        for (int b = 0; b < lags; b++) {
          double[] of = d[b][g];
          int from = shift + r - b;
          low =
              DoubleVector.fromArray(WIDE, of, r)
                  .fma(DoubleVector.fromArray(WIDE, signal, from), low);
          high =
              DoubleVector.fromArray(WIDE, of, r + lanes)
                  .fma(DoubleVector.fromArray(WIDE, signal, from + lanes), high);
        }
        low.intoArray(into, r);
        high.intoArray(into, r + lanes);
      }
    }
    if (j < columns) {
      // A batch that is no multiple of a tile is the last one of a sequence.
      scalar.addCorrelations(
          c, offset + j * stride, stride, columns - j, d, g, lags, s, first + j, shift, count);
    }
  }

  private static void correlationTile(
      double[] c0,
      double[] c1,
      double[] c2,
      double[] c3,
      double[][][] d,
      int g,
      int lags,
      double[][] s,
      int at,
      int shift,
      int r,
      int lanes) {
    double[] s0 = s[at];
    double[] s1 = s[at + 1];
    double[] s2 = s[at + 2];
    double[] s3 = s[at + 3];
    var a0 = DoubleVector.fromArray(WIDE, c0, r);
    var b0 = DoubleVector.fromArray(WIDE, c0, r + lanes);
    var a1 = DoubleVector.fromArray(WIDE, c1, r);
    var b1 = DoubleVector.fromArray(WIDE, c1, r + lanes);
    var a2 = DoubleVector.fromArray(WIDE, c2, r);
    var b2 = DoubleVector.fromArray(WIDE, c2, r + lanes);
    var a3 = DoubleVector.fromArray(WIDE, c3, r);
    var b3 = DoubleVector.fromArray(WIDE, c3, r + lanes);
    for (int b = 0; b < lags; b++) {
      double[] of = d[b][g];
      int from = shift - b;
      var low = DoubleVector.fromArray(WIDE, of, r);
      var high = DoubleVector.fromArray(WIDE, of, r + lanes);
      a0 = low.fma(DoubleVector.fromArray(WIDE, s0, from), a0);
      b0 = high.fma(DoubleVector.fromArray(WIDE, s0, from + lanes), b0);
      a1 = low.fma(DoubleVector.fromArray(WIDE, s1, from), a1);
      b1 = high.fma(DoubleVector.fromArray(WIDE, s1, from + lanes), b1);
      a2 = low.fma(DoubleVector.fromArray(WIDE, s2, from), a2);
      b2 = high.fma(DoubleVector.fromArray(WIDE, s2, from + lanes), b2);
      a3 = low.fma(DoubleVector.fromArray(WIDE, s3, from), a3);
      b3 = high.fma(DoubleVector.fromArray(WIDE, s3, from + lanes), b3);
    }
    a0.intoArray(c0, r);
    b0.intoArray(c0, r + lanes);
    a1.intoArray(c1, r);
    b1.intoArray(c1, r + lanes);
    a2.intoArray(c2, r);
    b2.intoArray(c2, r + lanes);
    a3.intoArray(c3, r);
    b3.intoArray(c3, r + lanes);
  }
}
