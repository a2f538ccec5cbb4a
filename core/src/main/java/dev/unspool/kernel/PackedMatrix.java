// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * A weight matrix prepared for many products. It holds a copy of the weights: changing θ afterwards
 * changes nothing here until {@link #pack} is called again.
 */
public interface PackedMatrix extends MatrixProducts {
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

  /** Copies the weights now, if {@link #follow} has left that for later. */
  default void settle() {}

  /** The inverse of {@link #pack}. */
  void unpack(float[] theta, int offset);

  /**
   * The same weights, for products that one of several threads does by itself while others do
   * theirs, after {@link #settle}.
   *
   * @param part number of the thread, less than those of the kernels
   */
  MatrixProducts alone(int part);
}
