// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * Two or four neighbouring panels of weights, each {@code next} after the other, times one or two
 * rows: as {@link SimdTiles}, where there are too few rows to keep the adders busy with one panel.
 */
final class SimdFlatTiles {
  private SimdFlatTiles() {}

  /** Two rows and two panels. */
  static void two(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int next,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    int b1 = b0 + next;
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s02 = FloatVector.fromArray(F, init, i0 + 2 * L);
      FloatVector s03 = FloatVector.fromArray(F, init, i0 + 3 * L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      FloatVector s12 = FloatVector.fromArray(F, init, i0 + ldi + 2 * L);
      FloatVector s13 = FloatVector.fromArray(F, init, i0 + ldi + 3 * L);
      int a1 = a0 + lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector w2 = FloatVector.fromArray(F, b, b1 + k * W);
        FloatVector w3 = FloatVector.fromArray(F, b, b1 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        s02 = x0.fma(w2, s02);
        s03 = x0.fma(w3, s03);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        s12 = x1.fma(w2, s12);
        s13 = x1.fma(w3, s13);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s02.intoArray(c, c0 + 2 * L);
      s03.intoArray(c, c0 + 3 * L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s12.intoArray(c, c0 + ldc + 2 * L);
      s13.intoArray(c, c0 + ldc + 3 * L);
      a0 += 2 * lda;
      i0 += 2 * ldi;
      c0 += 2 * ldc;
    }
  }

  /** One row and two panels. */
  static void one(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int next,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    int b1 = b0 + next;
    FloatVector s00 = FloatVector.fromArray(F, init, i0);
    FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
    FloatVector s02 = FloatVector.fromArray(F, init, i0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(F, init, i0 + 3 * L);
    for (int k = 0; k < depth; k++) {
      FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
      FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
      FloatVector w2 = FloatVector.fromArray(F, b, b1 + k * W);
      FloatVector w3 = FloatVector.fromArray(F, b, b1 + k * W + L);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      s02 = x0.fma(w2, s02);
      s03 = x0.fma(w3, s03);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s02.intoArray(c, c0 + 2 * L);
    s03.intoArray(c, c0 + 3 * L);
  }

  /** One row and four panels: matrix times vector. */
  static void oneByFour(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int next,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    int b1 = b0 + next;
    int b2 = b0 + 2 * next;
    int b3 = b0 + 3 * next;
    FloatVector s00 = FloatVector.fromArray(F, init, i0);
    FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
    FloatVector s02 = FloatVector.fromArray(F, init, i0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(F, init, i0 + 3 * L);
    FloatVector s04 = FloatVector.fromArray(F, init, i0 + 4 * L);
    FloatVector s05 = FloatVector.fromArray(F, init, i0 + 5 * L);
    FloatVector s06 = FloatVector.fromArray(F, init, i0 + 6 * L);
    FloatVector s07 = FloatVector.fromArray(F, init, i0 + 7 * L);
    for (int k = 0; k < depth; k++) {
      FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
      FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
      FloatVector w2 = FloatVector.fromArray(F, b, b1 + k * W);
      FloatVector w3 = FloatVector.fromArray(F, b, b1 + k * W + L);
      FloatVector w4 = FloatVector.fromArray(F, b, b2 + k * W);
      FloatVector w5 = FloatVector.fromArray(F, b, b2 + k * W + L);
      FloatVector w6 = FloatVector.fromArray(F, b, b3 + k * W);
      FloatVector w7 = FloatVector.fromArray(F, b, b3 + k * W + L);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      s02 = x0.fma(w2, s02);
      s03 = x0.fma(w3, s03);
      s04 = x0.fma(w4, s04);
      s05 = x0.fma(w5, s05);
      s06 = x0.fma(w6, s06);
      s07 = x0.fma(w7, s07);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s02.intoArray(c, c0 + 2 * L);
    s03.intoArray(c, c0 + 3 * L);
    s04.intoArray(c, c0 + 4 * L);
    s05.intoArray(c, c0 + 5 * L);
    s06.intoArray(c, c0 + 6 * L);
    s07.intoArray(c, c0 + 7 * L);
  }
}
