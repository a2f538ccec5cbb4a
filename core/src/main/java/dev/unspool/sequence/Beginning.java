// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a sequence begins. A state is all arrays of the program's state, one after the other.
 *
 * @param state what is carried into the first step; null for what the program says, which is zeros
 *     or learned
 * @param estimated for each component of the state, where in θ it stands if it is a parameter, else
 *     −1; empty if none is
 */
public record Beginning(double @Nullable [] state, int[] estimated) {
  private static final Beginning OWN = new Beginning(null, new int[0]);

  /** Where the program says. */
  public static Beginning own() {
    return OWN;
  }

  /** At a state that is known; not copied. */
  public static Beginning at(double[] state) {
    return new Beginning(state, new int[0]);
  }

  /**
   * At a state of which some components are parameters.
   *
   * @param state values of the others
   * @param estimated of the same length: an index in θ, or −1
   */
  public static Beginning estimated(double[] state, int[] estimated) {
    if (state.length != estimated.length) {
      throw new IllegalArgumentException(
          "a state of %s values, and which of %s are estimated"
              .formatted(state.length, estimated.length));
    }
    return new Beginning(state, estimated);
  }

  /** Whether any of the state's components from {@code from} to {@code to} is a parameter. */
  boolean estimates(int from, int to) {
    return estimated.length > 0 && Arrays.stream(estimated, from, to).anyMatch(index -> index >= 0);
  }

  /** Whether nothing is known of a component but its place in θ. */
  boolean isEstimated(int component) {
    return estimated.length > 0 && estimated[component] >= 0;
  }

  /** The state for these parameters; null for what the program says. */
  double @Nullable [] state(double[] theta) {
    if (state == null || estimated.length == 0) {
      return state;
    }
    double[] values = state.clone();
    for (int i = 0; i < values.length; i++) {
      if (estimated[i] >= 0) {
        values[i] = theta[estimated[i]];
      }
    }
    return values;
  }
}
