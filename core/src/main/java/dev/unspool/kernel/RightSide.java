// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** One of the matrices that a matrix is multiplied with, {@code D = Aᵀ·B}: B and D. */
public final class RightSide {
  private static final float[] NONE = {};

  /** Columns of B and D. */
  int n;

  float[] b = NONE;
  int bOffset;
  float[] d = NONE;
  int dOffset;

  /** One of {@code n} columns. */
  public RightSide(int n) {
    this.n = n;
  }

  /**
   * Says where they stand.
   *
   * @param b rows × n, row-major and dense from {@code bOffset}, not modified
   * @param d m × n, row-major and dense from {@code dOffset}, overwritten
   */
  public void set(float[] b, int bOffset, float[] d, int dOffset) {
    this.b = b;
    this.bOffset = bOffset;
    this.d = d;
    this.dOffset = dOffset;
  }
}
