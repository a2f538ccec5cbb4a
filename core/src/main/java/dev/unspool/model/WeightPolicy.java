// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * What a sweep means when the weights have changed while its window was open. With k1 &lt; k2 every
 * update happens while k2 − k1 steps that ran with older weights are still on the tape. With k1 ≥
 * k2 a window of a full k1 holds no such step, so that {@link #AS_APPLIED} and {@link #CURRENT} are
 * the same there; {@link #REPLAY} still takes the state on to what it would be under the new
 * weights.
 */
public enum WeightPolicy {
  /**
   * Each step is differentiated at the weights it ran with: the exact derivative of what was
   * computed. Costs one copy of the recurrent weights per update inside the window, and one of the
   * output's per update inside the output window. The default.
   */
  AS_APPLIED,

  /**
   * All steps on the tape are run again from the oldest state under the current weights before
   * anything else is asked of it: the exact gradient of the truncated objective at today's weights.
   * The state goes on from there. Costs k2 extra forward steps per update.
   */
  REPLAY,

  /**
   * Old activations, new weights. The cheapest, and biased: the result is the gradient of no
   * function. It is what automatic differentiation does when weights are changed in place and
   * nobody checks.
   */
  CURRENT
}
