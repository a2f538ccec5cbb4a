// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

/** Receives the derivatives of the steps of one sequence, oldest first. */
@FunctionalInterface
public interface StepRows {
  /**
   * One step.
   *
   * @param t step of the sequence
   * @param history from which the outputs can be read
   * @param jacobian outputs × θ, row-major; the callee may scribble on it until it returns
   * @param wanted for each output component, sensitivities if they were asked for, else empty
   * @param row of this step in them
   */
  void accept(long t, History history, double[] jacobian, BatchSensitivities[] wanted, int row);
}
