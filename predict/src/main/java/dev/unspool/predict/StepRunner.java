// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/**
 * A step of a model with its weights: {@code (x, state) → (y, state)}. It keeps nothing of a
 * sequence, so that one serves any number of them. Thread-safe.
 */
public interface StepRunner {
  /**
   * One step.
   *
   * @param x the input, not modified
   * @param state arrays of the state one behind the other, as {@link RecordedStep#states} has them;
   *     overwritten with what the step leaves
   * @param y overwritten with the output
   */
  void step(double[] x, double[] state, double[] y);

  /** The state where a sequence begins; the caller's. */
  double[] initial();

  /**
   * The same step for several sequences side by side, whose inputs, states and outputs stand one
   * behind the other. Whoever is faster with many at once says how; here it is one after the other.
   *
   * @param lanes number of sequences
   */
  default StepRunner beside(int lanes) {
    return new SideBySide(this, lanes);
  }
}
