// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.engine.LossAt;

/**
 * TBPTT(k1, k2): every {@code k1} steps, backpropagate through the last {@code k2} steps.
 *
 * <pre>{@code
 * k1 = 2, k2 = 5, loss at every step (L), a sweep after every second step:
 *
 * steps    1   2   3   4   5   6   7   8
 *              ^sweep  ^sweep  ^sweep  ^sweep
 *  sweep at 6:     [2 . 3 . 4 . L5 . L6]          losses of the k1 newest steps, gradients k2 deep
 *  sweep at 8:             [4 . 5 . 6 . L7 . L8]
 * }</pre>
 *
 * <p>Before k2 steps have been run a sweep is as deep as there are steps. The steps that remain at
 * the end of the data, fewer than k1, are swept like a full k1, with the mean loss over them. Steps
 * older than k2 are constants: with k2 &lt; k1 the losses at the first k1 − k2 steps count in the
 * reported loss and give no gradient (with k2 = 1 and k1 = 10 only one step in ten teaches).
 *
 * @param k1 steps between two sweeps, at least 1
 * @param k2 depth of a sweep in steps, at least 1; below, at or above k1
 * @param lossAt which outputs the loss reads
 */
public record Truncation(int k1, int k2, LossAt lossAt) {

  /** Checks the ranges. */
  public Truncation {
    if (k1 < 1 || k2 < 1) {
      throw new IllegalArgumentException(
          "k1 and k2 must be at least 1, found k1 = %s, k2 = %s".formatted(k1, k2));
    }
  }

  /** With the loss at every step. */
  public Truncation(int k1, int k2) {
    this(k1, k2, LossAt.EVERY);
  }

  /** Most outputs that one loss reads. */
  int outputs() {
    return lossAt.outputs(k1);
  }

  /** Steps that a tape must hold: the sweep, and the new outputs that the loss reads. */
  public int capacity() {
    return Math.max(k2, Math.min(k1, outputs()));
  }
}
