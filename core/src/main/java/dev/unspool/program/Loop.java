// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/** A {@link Piece} made ready to run in float32. Has no state: may be shared by threads. */
public interface Loop {
  /** Floats for intermediate values that one row needs; 0 if none. */
  int scratch();

  /**
   * Runs the rows {@code from} to the one before {@code to}.
   *
   * @param arrays those that the piece's places refer to, and after them one for intermediate
   *     values if {@link #scratch} is not 0; that of row r begins at its offset + r · scratch
   * @param offsets where row 0 begins in each array
   */
  void run(float[][] arrays, int[] offsets, int from, int to);
}
