// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** A {@link CellKernel} that can be asked for some lanes only. Has no state. */
interface LaneKernel {
  /** As {@link CellKernel#gates}. */
  int gates();

  /** As {@link CellKernel#states}. */
  int states();

  /** As {@link CellKernel#memo}. */
  int memo();

  /** As {@link CellKernel#separate}. */
  boolean separate();

  /** As {@link CellKernel#forward}, for the lanes {@code from} to {@code to}. */
  void forward(CellMemory memory, int slot, int from, int to);

  /** As {@link CellKernel#backward}, for the lanes {@code from} to {@code to}. */
  void backward(
      CellMemory memory,
      int slot,
      float[] output,
      int outputOffset,
      float[][] states,
      float[] input,
      float[] recurrent,
      int offset,
      int from,
      int to);
}
