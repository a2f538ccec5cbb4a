// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import org.jspecify.annotations.Nullable;

/** Products of rows A with a K × N matrix M, for one caller. */
public interface MatrixProducts {
  /**
   * {@code C = A·M}, or {@code C = A·M + bias}, for {@code rows} rows.
   *
   * @param a rows × K, row-major and dense from {@code aOffset}, not modified
   * @param bias N values added to every row, or null
   * @param c rows × N, row-major and dense from {@code cOffset}, overwritten
   */
  void multiply(float[] a, int aOffset, int rows, float @Nullable [] bias, float[] c, int cOffset);

  /** {@code C += A·M}. */
  void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset);
}
