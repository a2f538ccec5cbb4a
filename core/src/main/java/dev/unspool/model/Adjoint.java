// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import org.jspecify.annotations.Nullable;

/**
 * One right-hand side of a sweep: the derivative of some number L with respect to outputs, and to
 * the newest state, goes in; its derivative with respect to θ (and, if asked for, inputs and
 * states) comes out.
 *
 * @param outputs ∂L/∂y of the newest steps, oldest first, lanes × outputs each; not modified. What
 *     is older than the sweep is deep is a constant, and its derivative not looked at
 * @param newest ∂L/∂s of the state as the newest step has left it, as far as L depends on it in
 *     another way than through {@code outputs}, such as through steps to come; also in lanes that
 *     are about to begin anew; not modified; null: nothing
 * @param into ∂L/∂θ; overwritten
 * @param sensitivities ∂L/∂x and ∂L/∂s of the swept steps; overwritten; null if nobody wants them
 * @param observer is told how large ∂L/∂s is while it passes; null if nobody looks
 */
public record Adjoint(
    Steps outputs,
    @Nullable State newest,
    Gradient into,
    @Nullable Sensitivities sensitivities,
    @Nullable SweepObserver observer) {

  /** An adjoint of outputs that yields the gradient only. */
  public Adjoint(Steps outputs, Gradient into) {
    this(outputs, null, into, null, null);
  }

  /** An adjoint of outputs that yields sensitivities too. */
  public Adjoint(Steps outputs, Gradient into, @Nullable Sensitivities sensitivities) {
    this(outputs, null, into, sensitivities, null);
  }

  /** The same without what is older than a sweep is deep; this one if there is nothing older. */
  public Adjoint within(int depth) {
    int read = outputs.steps();
    return read <= depth
        ? this
        : new Adjoint(outputs.view(read - depth, read), newest, into, sensitivities, observer);
  }
}
