// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * Two neighbouring panels of weights, {@code next} apart, times three to six rows: as {@link
 * SimdTiles}, for machines with 32 vector registers.
 */
final class SimdWideTiles {
  private SimdWideTiles() {}

  /** Six rows. */
  static void six(
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
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s22 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 2 * L);
      FloatVector s23 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 3 * L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      FloatVector s32 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 2 * L);
      FloatVector s33 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 3 * L);
      FloatVector s40 = FloatVector.fromArray(F, init, i0 + 4 * ldi);
      FloatVector s41 = FloatVector.fromArray(F, init, i0 + 4 * ldi + L);
      FloatVector s42 = FloatVector.fromArray(F, init, i0 + 4 * ldi + 2 * L);
      FloatVector s43 = FloatVector.fromArray(F, init, i0 + 4 * ldi + 3 * L);
      FloatVector s50 = FloatVector.fromArray(F, init, i0 + 5 * ldi);
      FloatVector s51 = FloatVector.fromArray(F, init, i0 + 5 * ldi + L);
      FloatVector s52 = FloatVector.fromArray(F, init, i0 + 5 * ldi + 2 * L);
      FloatVector s53 = FloatVector.fromArray(F, init, i0 + 5 * ldi + 3 * L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
      int a5 = a0 + 5 * lda;
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
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        s32 = x3.fma(w2, s32);
        s33 = x3.fma(w3, s33);
        FloatVector x4 = FloatVector.broadcast(F, a[a4 + k]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
        s42 = x4.fma(w2, s42);
        s43 = x4.fma(w3, s43);
        FloatVector x5 = FloatVector.broadcast(F, a[a5 + k]);
        s50 = x5.fma(w0, s50);
        s51 = x5.fma(w1, s51);
        s52 = x5.fma(w2, s52);
        s53 = x5.fma(w3, s53);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s02.intoArray(c, c0 + 2 * L);
      s03.intoArray(c, c0 + 3 * L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s12.intoArray(c, c0 + ldc + 2 * L);
      s13.intoArray(c, c0 + ldc + 3 * L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s22.intoArray(c, c0 + 2 * ldc + 2 * L);
      s23.intoArray(c, c0 + 2 * ldc + 3 * L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      s32.intoArray(c, c0 + 3 * ldc + 2 * L);
      s33.intoArray(c, c0 + 3 * ldc + 3 * L);
      s40.intoArray(c, c0 + 4 * ldc);
      s41.intoArray(c, c0 + 4 * ldc + L);
      s42.intoArray(c, c0 + 4 * ldc + 2 * L);
      s43.intoArray(c, c0 + 4 * ldc + 3 * L);
      s50.intoArray(c, c0 + 5 * ldc);
      s51.intoArray(c, c0 + 5 * ldc + L);
      s52.intoArray(c, c0 + 5 * ldc + 2 * L);
      s53.intoArray(c, c0 + 5 * ldc + 3 * L);
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
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s22 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 2 * L);
      FloatVector s23 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 3 * L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      FloatVector s32 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 2 * L);
      FloatVector s33 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 3 * L);
      FloatVector s40 = FloatVector.fromArray(F, init, i0 + 4 * ldi);
      FloatVector s41 = FloatVector.fromArray(F, init, i0 + 4 * ldi + L);
      FloatVector s42 = FloatVector.fromArray(F, init, i0 + 4 * ldi + 2 * L);
      FloatVector s43 = FloatVector.fromArray(F, init, i0 + 4 * ldi + 3 * L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
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
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        s32 = x3.fma(w2, s32);
        s33 = x3.fma(w3, s33);
        FloatVector x4 = FloatVector.broadcast(F, a[a4 + k]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
        s42 = x4.fma(w2, s42);
        s43 = x4.fma(w3, s43);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s02.intoArray(c, c0 + 2 * L);
      s03.intoArray(c, c0 + 3 * L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s12.intoArray(c, c0 + ldc + 2 * L);
      s13.intoArray(c, c0 + ldc + 3 * L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s22.intoArray(c, c0 + 2 * ldc + 2 * L);
      s23.intoArray(c, c0 + 2 * ldc + 3 * L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      s32.intoArray(c, c0 + 3 * ldc + 2 * L);
      s33.intoArray(c, c0 + 3 * ldc + 3 * L);
      s40.intoArray(c, c0 + 4 * ldc);
      s41.intoArray(c, c0 + 4 * ldc + L);
      s42.intoArray(c, c0 + 4 * ldc + 2 * L);
      s43.intoArray(c, c0 + 4 * ldc + 3 * L);
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
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s22 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 2 * L);
      FloatVector s23 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 3 * L);
      FloatVector s30 = FloatVector.fromArray(F, init, i0 + 3 * ldi);
      FloatVector s31 = FloatVector.fromArray(F, init, i0 + 3 * ldi + L);
      FloatVector s32 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 2 * L);
      FloatVector s33 = FloatVector.fromArray(F, init, i0 + 3 * ldi + 3 * L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
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
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
        FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        s32 = x3.fma(w2, s32);
        s33 = x3.fma(w3, s33);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s02.intoArray(c, c0 + 2 * L);
      s03.intoArray(c, c0 + 3 * L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s12.intoArray(c, c0 + ldc + 2 * L);
      s13.intoArray(c, c0 + ldc + 3 * L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s22.intoArray(c, c0 + 2 * ldc + 2 * L);
      s23.intoArray(c, c0 + 2 * ldc + 3 * L);
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + L);
      s32.intoArray(c, c0 + 3 * ldc + 2 * L);
      s33.intoArray(c, c0 + 3 * ldc + 3 * L);
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
      FloatVector s20 = FloatVector.fromArray(F, init, i0 + 2 * ldi);
      FloatVector s21 = FloatVector.fromArray(F, init, i0 + 2 * ldi + L);
      FloatVector s22 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 2 * L);
      FloatVector s23 = FloatVector.fromArray(F, init, i0 + 2 * ldi + 3 * L);
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
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
        FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
      }
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + L);
      s02.intoArray(c, c0 + 2 * L);
      s03.intoArray(c, c0 + 3 * L);
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + L);
      s12.intoArray(c, c0 + ldc + 2 * L);
      s13.intoArray(c, c0 + ldc + 3 * L);
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + L);
      s22.intoArray(c, c0 + 2 * ldc + 2 * L);
      s23.intoArray(c, c0 + 2 * ldc + 3 * L);
      a0 += 3 * lda;
      i0 += 3 * ldi;
      c0 += 3 * ldc;
    }
  }
}
