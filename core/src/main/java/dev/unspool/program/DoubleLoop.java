// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/** A {@link Piece} made ready to run in float64; see {@link Loop}. */
public interface DoubleLoop {
  /** As {@link Loop#scratch}. */
  int scratch();

  /** As {@link Loop#run}. */
  void run(double[][] arrays, int[] offsets, int from, int to);
}
