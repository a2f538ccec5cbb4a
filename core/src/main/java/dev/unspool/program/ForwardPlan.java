// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How steps run forwards.
 *
 * @param input where inputs are put
 * @param masks where masks of dropout are put
 * @param states where each array of the state lives
 * @param rows where the outputs are
 * @param phases what computes the state
 * @param lazyPhases what computes outputs, for the steps that somebody looks at
 */
record ForwardPlan(
    Home input,
    List<Home> masks,
    List<State> states,
    Home rows,
    List<Phase> phases,
    List<Phase> lazyPhases) {

  /**
   * An array of the state.
   *
   * @param entering the values with which steps ran
   * @param carry the values after the newest step
   * @param initial where its initial value stands among the shared ones; null for a number
   */
  record State(Home entering, Home carry, @Nullable Spot initial) {}
}
