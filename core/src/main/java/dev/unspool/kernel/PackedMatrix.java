// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A weight matrix prepared for many products. It holds a copy of the weights: changing θ afterwards
 * changes nothing here until {@link #pack} is called again.
 */
public interface PackedMatrix {
  /** Which product the matrix is prepared for; W is outputs × inputs, row-major, as in θ. */
  enum Direction {
    /** X·Wᵀ: rows of {@code inputs} values in, rows of {@code outputs} values out. */
    FORWARD,
    /** δ·W: rows of {@code outputs} values in, rows of {@code inputs} values out. */
    BACKWARD
  }

  /** Copies the matrix out of θ, outputs × inputs row-major from {@code offset}. */
  void pack(float[] theta, int offset);

  /**
   * The same, and the weights need not be copied before they are used for the second time: until
   * then, θ stays as it is.
   */
  default void follow(float[] theta, int offset) {
    pack(theta, offset);
  }

  /** The inverse of {@link #pack}. */
  void unpack(float[] theta, int offset);

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
