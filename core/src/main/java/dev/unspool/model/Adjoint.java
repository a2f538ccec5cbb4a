// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import org.jspecify.annotations.Nullable;

/**
 * One right-hand side of a sweep: the derivative of some number L with respect to outputs goes in,
 * its derivative with respect to θ (and, if asked for, inputs and states) comes out.
 *
 * @param outputs ∂L/∂y of the newest steps, oldest first: at most as many steps as the sweep is
 *     deep, lanes × outputs each; not modified
 * @param into ∂L/∂θ; overwritten
 * @param sensitivities ∂L/∂x and ∂L/∂s of the swept steps; overwritten; null if nobody wants them
 */
public record Adjoint(Steps outputs, Gradient into, @Nullable Sensitivities sensitivities) {

  /** An adjoint that yields the gradient only. */
  public Adjoint(Steps outputs, Gradient into) {
    this(outputs, into, null);
  }
}
