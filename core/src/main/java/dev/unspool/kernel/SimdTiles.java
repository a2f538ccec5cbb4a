// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * One panel of weights times one to six rows: the innermost loops of {@link SimdMatrix}, for
 * machines with 16 vector registers. The compiler loads all factors of a tile before it multiplies,
 * so five rows (10 sums, 2 weights, and now and then all 5 factors) are the most that do not spill
 * badly: six are as fast or half as fast, as the compiler happens to order them.
 *
 * <p>All methods do the same, {@code C = init + A·B} for rows × 2 vectors and then the rows after
 * them, {@code tiles} times, and differ in the number of rows only. Sums must be local variables to
 * stay in registers, so the loops are written out. Every sum runs over k in order, whatever the
 * number of rows: a row's result does not depend on the rows that are computed with it.
 *
 * <p>Parameters: {@code a} rows at {@code a0}, {@code lda} apart; {@code b} the panel, depth × 2
 * vectors dense from {@code b0}; {@code init} what the sums begin with, rows {@code ldi} apart (0:
 * the same for each row); {@code c} the result, rows {@code ldc} apart.
 */
final class SimdTiles {
  private SimdTiles() {}

  /** Six rows. */
  static void six(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      FloatVector s40 = FloatVector.fromArray(F, init, i0 + 4 * ldi);
      FloatVector s41 = FloatVector.fromArray(F, init, i0 + 4 * ldi + L);
      FloatVector s50 = FloatVector.fromArray(F, init, i0 + 5 * ldi);
      FloatVector s51 = FloatVector.fromArray(F, init, i0 + 5 * ldi + L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
      int a5 = a0 + 5 * lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        FloatVector x4 = FloatVector.broadcast(F, a[a4 + k]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
        FloatVector x5 = FloatVector.broadcast(F, a[a5 + k]);
        s50 = x5.fma(w0, s50);
        s51 = x5.fma(w1, s51);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      s40.intoArray(c, c0 + 4 * ldc);
      s41.intoArray(c, c0 + 4 * ldc + L);
      s50.intoArray(c, c0 + 5 * ldc);
      s51.intoArray(c, c0 + 5 * ldc + L);
      a0 += 6 * lda;
      i0 += 6 * ldi;
      c0 += 6 * ldc;
    }
  }

  /** Five rows. */
  static void five(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      FloatVector s40 = FloatVector.fromArray(F, init, i0 + 4 * ldi);
      FloatVector s41 = FloatVector.fromArray(F, init, i0 + 4 * ldi + L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        FloatVector x4 = FloatVector.broadcast(F, a[a4 + k]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      s40.intoArray(c, c0 + 4 * ldc);
      s41.intoArray(c, c0 + 4 * ldc + L);
      a0 += 5 * lda;
      i0 += 5 * ldi;
      c0 += 5 * ldc;
    }
  }

  /** Four rows. */
  static void four(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      a0 += 4 * lda;
      i0 += 4 * ldi;
      c0 += 4 * ldc;
    }
  }

  /** Three rows. */
  static void three(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      a0 += 3 * lda;
      i0 += 3 * ldi;
      c0 += 3 * ldc;
    }
  }

  /** Two rows. */
  static void two(
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.fromArray(F, init, i0);
      FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
      FloatVector s10 = FloatVector.fromArray(F, init, i0 + ldi);
      FloatVector s11 = FloatVector.fromArray(F, init, i0 + ldi + L);
      int a1 = a0 + lda;
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      a0 += 2 * lda;
      i0 += 2 * ldi;
      c0 += 2 * ldc;
    }
  }

  /** One row. */
  static void one(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    FloatVector s00 = FloatVector.fromArray(F, init, i0);
    FloatVector s01 = FloatVector.fromArray(F, init, i0 + L);
    for (int k = 0; k < depth; k++) {
      FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
      FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
  }
}
