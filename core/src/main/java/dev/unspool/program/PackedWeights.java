// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.PackedMatrix;

/**
 * One version of some of the parameters as steps and sweeps use them: matrices packed for the
 * products of a sweep, and what depends on parameters alone. Tapes whose steps ran with it share
 * it.
 *
 * @param matrices for sweeps, in the order of their {@link WeightPool}
 * @param shared values that depend on parameters alone
 * @param users how many have it
 */
record PackedWeights(PackedMatrix[] matrices, float[] shared, Users users) {
  /** How many have it. */
  static final class Users {
    private int count;

    void join() {
      count++;
    }

    /** Whether nobody is left. */
    boolean leave() {
      return --count == 0;
    }
  }
}
