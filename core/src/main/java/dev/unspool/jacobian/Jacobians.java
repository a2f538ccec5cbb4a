// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Steps;

/**
 * dy_t/dθ for every step t, in one operation. Dropout is off.
 *
 * <p>A lane that is reset begins a new sequence; nothing is differentiated across that point, and a
 * learned initial state gets its share where the window reaches back to it.
 */
public interface Jacobians {
  /**
   * The best way for a model: batched and in float64 for one that was written down as equations,
   * built-in networks included; a sweep for every step and output for any other. Deriving takes
   * some milliseconds: keep what this returns.
   */
  static Jacobians of(Model model) {
    var recorded = Recorded.of(model);
    return recorded != null ? new ProgramJacobians(recorded) : new TapeJacobians(model);
  }

  /** One {@link dev.unspool.model.Tape#backward} for every step, whatever the model is. */
  static Jacobians bySweeps(Model model) {
    return new TapeJacobians(model);
  }

  /**
   * Runs a block from its initial states and differentiates the outputs of every step.
   *
   * @param theta in the model's layout; not modified
   * @param inputs steps × lanes × inputs; not modified
   * @param events of the same steps and lanes
   * @param mask steps × lanes × 1: derivatives are handed over where it is not 0
   */
  void differentiate(
      double[] theta,
      Steps inputs,
      LaneEvents events,
      Steps mask,
      JacobianRequest request,
      JacobianRows rows);

  /** Every step of sequences that all begin with the first one. */
  default void differentiate(
      double[] theta, Steps inputs, JacobianRequest request, JacobianRows rows) {
    var mask = Steps.allocate(inputs.steps(), inputs.lanes(), 1);
    mask.fill(1);
    differentiate(
        theta, inputs, new LaneEvents(inputs.steps(), inputs.lanes()), mask, request, rows);
  }
}
