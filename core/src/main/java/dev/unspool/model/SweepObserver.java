// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * Looks at a sweep while it passes: how large the derivative is that comes back to the state at
 * each step.
 */
@FunctionalInterface
public interface SweepObserver {
  /**
   * Called once for each step and array of the state, from the newest step to the oldest; which
   * array comes first is not said. Arrays on which L cannot depend may be left out.
   *
   * @param lag number of steps from the newest one back to the one that ran with this state, from 0
   * @param array name of the array
   * @param norm ‖∂L/∂s‖, the Euclidean norm over all lanes; values below 2⁻¹⁰⁰ may count as zero
   */
  void passed(int lag, String array, double norm);
}
