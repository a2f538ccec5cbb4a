// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * What a sweep means when the weights have changed while its window was open. With k1 &lt; k2 every
 * update happens while k2 − k1 steps that ran with older weights are still on the tape; with k1 ≥
 * k2 the three policies are the same.
 */
public enum WeightPolicy {
  /**
   * Each step is differentiated at the weights it ran with: the exact derivative of what was
   * computed. Costs one copy of the recurrent weights per update inside the window. The default.
   */
  AS_APPLIED,

  /**
   * The window is run again from its oldest state under the current weights before the next steps
   * are appended: the exact gradient of the truncated objective at today's weights. Costs k2 − k1
   * extra forward steps per update.
   */
  REPLAY,

  /**
   * Old activations, new weights. The cheapest, and biased: the result is the gradient of no
   * function. It is what automatic differentiation does when weights are changed in place and
   * nobody checks.
   */
  CURRENT
}
