// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Workers;

/**
 * Flat vectors of one size in chunks of a fixed length, which threads share. Where a value stands
 * in its chunk decides how it is computed, so that results do not depend on how many threads there
 * are. Not thread-safe.
 */
final class Chunks {
  /** Work on a range of a vector that begins with a chunk. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it.
     *
     * @param vector as given to {@link Chunks#run}
     * @param factor likewise
     */
    void run(float[] vector, float factor, int from, int to);
  }

  /** A multiple of the values of every vector register, and long enough to be worth sharing out. */
  static final int LENGTH = 8192;

  private final Kernels kernels;
  private final int size;
  private final Workers.Rows rows;

  // What is worked on now: fields, since work that carries them would be allocated each time.
  private float[] vector = {};
  private float factor;

  /** Chunks of vectors of that size, with what is always done to them. */
  Chunks(Kernels kernels, int size, Work work) {
    this.kernels = kernels;
    this.size = size;
    this.rows =
        (_, from, to) ->
            work.run(vector, factor, from * LENGTH, (int) Math.min(size, (long) to * LENGTH));
  }

  /** Number of chunks. */
  int count() {
    return Math.ceilDiv(size, LENGTH);
  }

  /** Does the work on all of a vector. */
  void run(float[] of, float with) {
    vector = of;
    factor = with;
    kernels.run(rows, count(), LENGTH);
  }
}
