// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/**
 * For each step and lane of a block, whether the lane begins a new sequence with that step: the
 * state is set to the initial state before the step, and no gradient crosses.
 */
public final class Resets {
  private final boolean[] flags;
  private final int steps;
  private final int lanes;

  /** No resets in a block of that size. */
  public Resets(int steps, int lanes) {
    this.flags = new boolean[Math.multiplyExact(steps, lanes)];
    this.steps = steps;
    this.lanes = lanes;
  }

  /** Number of steps. */
  public int steps() {
    return steps;
  }

  /** Number of lanes. */
  public int lanes() {
    return lanes;
  }

  /** Whether {@code lane} begins a new sequence with {@code step}. */
  public boolean at(int step, int lane) {
    return flags[index(step, lane)];
  }

  /** Says whether {@code lane} begins a new sequence with {@code step}. */
  public void set(int step, int lane, boolean reset) {
    flags[index(step, lane)] = reset;
  }

  private int index(int step, int lane) {
    if (step < 0 || step >= steps || lane < 0 || lane >= lanes) {
      throw new IndexOutOfBoundsException(
          "step %s, lane %s of resets of %s steps × %s lanes".formatted(step, lane, steps, lanes));
    }
    return step * lanes + lane;
  }

  /** Takes all resets back. */
  public void clear() {
    Arrays.fill(flags, false);
  }
}
