// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import java.util.List;

/** How large a state may become before it is told from one that a model can go on from. */
final class StateLimit {
  private final List<String> arrays;
  private final double squared;

  /**
   * A limit.
   *
   * @param norm Euclidean, of all arrays together
   */
  StateLimit(StateLayout layout, double norm) {
    this.arrays = layout.arrays().stream().map(StateLayout.Entry::name).toList();
    this.squared = norm * norm;
  }

  /** Whether a state is finite, and within the limit. */
  boolean holds(State state) {
    double squares = 0;
    for (int i = 0; i < arrays.size(); i++) {
      for (float each : state.array(arrays.get(i))) {
        squares += (double) each * each;
      }
    }
    return squares <= squared;
  }
}
