// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;

/**
 * {@code D = Aᵀ·B} where B has few columns, as where a network has few inputs: vectors along the
 * columns of A, column by column of B. Tiles, whose vectors are along the columns of B, would be
 * mostly empty. To the same bits as these.
 */
final class SimdNarrowGradient {
  /** Columns of B up to which this is the faster way. */
  static final int COLUMNS = Math.max(1, L / 2);

  private final float[] sums = new float[4 * L];

  /** Computes the rows {@code from} to {@code to} of D. */
  void multiply(
      int from,
      int to,
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset) {
    for (int column = 0; column < n; column++) {
      int b0 = bOffset + column;
      int i = from;
      for (; i + 4 * L <= to; i += 4 * L) {
        four(a, aOffset + i, m, b, b0, n, rows);
        spread(4 * L, n, d, dOffset + i * n + column);
      }
      for (; i + L <= to; i += L) {
        one(a, aOffset + i, m, b, b0, n, rows);
        spread(L, n, d, dOffset + i * n + column);
      }
      for (; i < to; i++) {
        float sum = 0;
        for (int row = 0; row < rows; row++) {
          sum = Math.fma(a[aOffset + i + row * m], b[b0 + row * n], sum);
        }
        d[dOffset + i * n + column] = sum;
      }
    }
  }

  private void four(float[] a, int a0, int m, float[] b, int b0, int n, int rows) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = FloatVector.zero(F);
    FloatVector s2 = FloatVector.zero(F);
    FloatVector s3 = FloatVector.zero(F);
    for (int row = 0; row < rows; row++) {
      FloatVector x = FloatVector.broadcast(F, b[b0 + row * n]);
      int at = a0 + row * m;
      s0 = x.fma(FloatVector.fromArray(F, a, at), s0);
      s1 = x.fma(FloatVector.fromArray(F, a, at + L), s1);
      s2 = x.fma(FloatVector.fromArray(F, a, at + 2 * L), s2);
      s3 = x.fma(FloatVector.fromArray(F, a, at + 3 * L), s3);
    }
    s0.intoArray(sums, 0);
    s1.intoArray(sums, L);
    s2.intoArray(sums, 2 * L);
    s3.intoArray(sums, 3 * L);
  }

  private void one(float[] a, int a0, int m, float[] b, int b0, int n, int rows) {
    FloatVector sum = FloatVector.zero(F);
    for (int row = 0; row < rows; row++) {
      FloatVector x = FloatVector.broadcast(F, b[b0 + row * n]);
      sum = x.fma(FloatVector.fromArray(F, a, a0 + row * m), sum);
    }
    sum.intoArray(sums, 0);
  }

  /** Puts the sums into a column of D. */
  private void spread(int count, int n, float[] d, int d0) {
    for (int i = 0; i < count; i++) {
      d[d0 + i * n] = sums[i];
    }
  }
}
