// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Workers;

/**
 * A flat vector in chunks of a fixed length, which threads share. Where a value stands in its chunk
 * decides how it is computed, so that results do not depend on how many threads there are.
 */
final class Chunks {
  /** Work on a range of the vector that begins with a chunk. */
  @FunctionalInterface
  interface Work {
    void run(int from, int to);
  }

  /** A multiple of the values of every vector register, and long enough to be worth sharing out. */
  static final int LENGTH = 8192;

  private final Kernels kernels;
  private final int size;
  private final Workers.Rows rows;

  /** Chunks of a vector of that size, with what is always done to them. */
  Chunks(Kernels kernels, int size, Work work) {
    this.kernels = kernels;
    this.size = size;
    this.rows = (_, from, to) -> work.run(from * LENGTH, (int) Math.min(size, (long) to * LENGTH));
  }

  /** Number of chunks. */
  int count() {
    return Math.ceilDiv(size, LENGTH);
  }

  /** Does the work on all of them. */
  void run() {
    kernels.run(rows, count(), LENGTH);
  }
}
