// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import org.jspecify.annotations.Nullable;

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
   * The same for the weights of both directions, which need not be copied before this one is used:
   * its first product takes them out of θ. Until then, θ stays as it is, or nobody needs what it
   * was.
   *
   * @param back the same matrix, prepared for the other direction; null if there is none
   */
  default void follow(float[] theta, int offset, @Nullable PackedMatrix back) {
    pack(theta, offset);
    if (back != null) {
      back.pack(theta, offset);
    }
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
