// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;
import static dev.unspool.kernel.SimdTransposedProduct.G;

import jdk.incubator.vector.FloatVector;

/**
 * Five columns of A, transposed, times a panel of B, or six times two panels: {@code C = init +
 * Aᵀ·B}. Both are packed, A as depth × G and B as depth × 2 vectors, so that every stride is a
 * constant and needs no bounds check in the loop. See {@link SimdTiles} for the rest.
 */
final class SimdGradientTiles {
  private SimdGradientTiles() {}

  /** Five columns, one panel. */
  static void five(
      int tiles,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      int depth,
      float[] init,
      int i0,
      int ldi,
      int iStep,
      float[] c,
      int c0,
      int ldc,
      int cStep) {
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
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k * G]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a0 + k * G + 1]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a0 + k * G + 2]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        FloatVector x3 = FloatVector.broadcast(F, a[a0 + k * G + 3]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        FloatVector x4 = FloatVector.broadcast(F, a[a0 + k * G + 4]);
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
      a0 += aStep;
      b0 += bStep;
      i0 += iStep;
      c0 += cStep;
    }
  }

  /** Five columns, one panel, {@code C = Aᵀ·B}: without init, the sums begin with nothing. */
  static void fiveFresh(
      int tiles,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      int depth,
      float[] c,
      int c0,
      int ldc,
      int cStep) {
    for (int tile = 0; tile < tiles; tile++) {
      FloatVector s00 = FloatVector.zero(F);
      FloatVector s01 = FloatVector.zero(F);
      FloatVector s10 = FloatVector.zero(F);
      FloatVector s11 = FloatVector.zero(F);
      FloatVector s20 = FloatVector.zero(F);
      FloatVector s21 = FloatVector.zero(F);
      FloatVector s30 = FloatVector.zero(F);
      FloatVector s31 = FloatVector.zero(F);
      FloatVector s40 = FloatVector.zero(F);
      FloatVector s41 = FloatVector.zero(F);
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k * G]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a0 + k * G + 1]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        FloatVector x2 = FloatVector.broadcast(F, a[a0 + k * G + 2]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        FloatVector x3 = FloatVector.broadcast(F, a[a0 + k * G + 3]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        FloatVector x4 = FloatVector.broadcast(F, a[a0 + k * G + 4]);
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
      a0 += aStep;
      b0 += bStep;
      c0 += cStep;
    }
  }

  /** Six columns, two panels that follow each other. */
  static void sixWide(
      int tiles,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      int depth,
      float[] init,
      int i0,
      int ldi,
      int iStep,
      float[] c,
      int c0,
      int ldc,
      int cStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int b1 = b0 + W * depth;
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
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector w2 = FloatVector.fromArray(F, b, b1 + k * W);
        FloatVector w3 = FloatVector.fromArray(F, b, b1 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k * G]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        s02 = x0.fma(w2, s02);
        s03 = x0.fma(w3, s03);
        FloatVector x1 = FloatVector.broadcast(F, a[a0 + k * G + 1]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        s12 = x1.fma(w2, s12);
        s13 = x1.fma(w3, s13);
        FloatVector x2 = FloatVector.broadcast(F, a[a0 + k * G + 2]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
        FloatVector x3 = FloatVector.broadcast(F, a[a0 + k * G + 3]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        s32 = x3.fma(w2, s32);
        s33 = x3.fma(w3, s33);
        FloatVector x4 = FloatVector.broadcast(F, a[a0 + k * G + 4]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
        s42 = x4.fma(w2, s42);
        s43 = x4.fma(w3, s43);
        FloatVector x5 = FloatVector.broadcast(F, a[a0 + k * G + 5]);
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
      a0 += aStep;
      b0 += bStep;
      i0 += iStep;
      c0 += cStep;
    }
  }

  /** Six columns, two panels that follow each other, {@code C = Aᵀ·B}; see {@link #fiveFresh}. */
  static void sixWideFresh(
      int tiles,
      float[] a,
      int a0,
      int aStep,
      float[] b,
      int b0,
      int bStep,
      int depth,
      float[] c,
      int c0,
      int ldc,
      int cStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int b1 = b0 + W * depth;
      FloatVector s00 = FloatVector.zero(F);
      FloatVector s01 = FloatVector.zero(F);
      FloatVector s02 = FloatVector.zero(F);
      FloatVector s03 = FloatVector.zero(F);
      FloatVector s10 = FloatVector.zero(F);
      FloatVector s11 = FloatVector.zero(F);
      FloatVector s12 = FloatVector.zero(F);
      FloatVector s13 = FloatVector.zero(F);
      FloatVector s20 = FloatVector.zero(F);
      FloatVector s21 = FloatVector.zero(F);
      FloatVector s22 = FloatVector.zero(F);
      FloatVector s23 = FloatVector.zero(F);
      FloatVector s30 = FloatVector.zero(F);
      FloatVector s31 = FloatVector.zero(F);
      FloatVector s32 = FloatVector.zero(F);
      FloatVector s33 = FloatVector.zero(F);
      FloatVector s40 = FloatVector.zero(F);
      FloatVector s41 = FloatVector.zero(F);
      FloatVector s42 = FloatVector.zero(F);
      FloatVector s43 = FloatVector.zero(F);
      FloatVector s50 = FloatVector.zero(F);
      FloatVector s51 = FloatVector.zero(F);
      FloatVector s52 = FloatVector.zero(F);
      FloatVector s53 = FloatVector.zero(F);
      for (int k = 0; k < depth; k++) {
        FloatVector w0 = FloatVector.fromArray(F, b, b0 + k * W);
        FloatVector w1 = FloatVector.fromArray(F, b, b0 + k * W + L);
        FloatVector w2 = FloatVector.fromArray(F, b, b1 + k * W);
        FloatVector w3 = FloatVector.fromArray(F, b, b1 + k * W + L);
        FloatVector x0 = FloatVector.broadcast(F, a[a0 + k * G]);
        s00 = x0.fma(w0, s00);
        s01 = x0.fma(w1, s01);
        s02 = x0.fma(w2, s02);
        s03 = x0.fma(w3, s03);
        FloatVector x1 = FloatVector.broadcast(F, a[a0 + k * G + 1]);
        s10 = x1.fma(w0, s10);
        s11 = x1.fma(w1, s11);
        s12 = x1.fma(w2, s12);
        s13 = x1.fma(w3, s13);
        FloatVector x2 = FloatVector.broadcast(F, a[a0 + k * G + 2]);
        s20 = x2.fma(w0, s20);
        s21 = x2.fma(w1, s21);
        s22 = x2.fma(w2, s22);
        s23 = x2.fma(w3, s23);
        FloatVector x3 = FloatVector.broadcast(F, a[a0 + k * G + 3]);
        s30 = x3.fma(w0, s30);
        s31 = x3.fma(w1, s31);
        s32 = x3.fma(w2, s32);
        s33 = x3.fma(w3, s33);
        FloatVector x4 = FloatVector.broadcast(F, a[a0 + k * G + 4]);
        s40 = x4.fma(w0, s40);
        s41 = x4.fma(w1, s41);
        s42 = x4.fma(w2, s42);
        s43 = x4.fma(w3, s43);
        FloatVector x5 = FloatVector.broadcast(F, a[a0 + k * G + 5]);
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
      a0 += aStep;
      b0 += bStep;
      c0 += cStep;
    }
  }
}
