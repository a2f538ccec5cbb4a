// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/**
 * Threads that share work on rows, the caller's among them. Whoever opens a {@link Tape} with
 * several threads has them; losses and optimizers of the same engine work with the same ones. One
 * thread at a time may ask them.
 *
 * <p>Work is cut between rows and nowhere else. So a result does not depend on the number of
 * threads if no row depends on another, and what is summed over rows is summed by the caller, in
 * their order.
 */
public interface Workers {
  /** Work on rows, of which any part can be done by itself. */
  @FunctionalInterface
  interface Rows {
    /**
     * Does the rows {@code from} to the one before {@code to}.
     *
     * @param part number of the part, less than {@link #threads}
     */
    void runRows(int part, int from, int to);
  }

  /** Number of parts that work is cut into at the most. */
  int threads();

  /**
   * Does work on all rows, shared out where that is worth it; returns when all of it is done.
   *
   * @param width values of a row, to judge that by
   */
  void run(Rows work, int rows, int width);

  /**
   * Copies {@code count} values, shared out where that is worth it.
   *
   * @param into overwritten from {@code to} on; another array, or values that are not read
   */
  default void copy(float[] from, int at, float[] into, int to, int count) {
    System.arraycopy(from, at, into, to, count);
  }

  /** Overwrites {@code count} values with zeros, shared out where that is worth it. */
  default void clear(float[] values, int at, int count) {
    Arrays.fill(values, at, at + count, 0);
  }

  /** The caller alone. */
  static Workers caller() {
    return Caller.ALONE;
  }

  /** See {@link #caller()}. */
  enum Caller implements Workers {
    /** The only one. */
    ALONE;

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public void run(Rows work, int rows, int width) {
      work.runRows(0, 0, rows);
    }
  }
}
