// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

/** What the taps on the outputs see while training. */
public enum Feedback {
  /**
   * Measured outputs (series-parallel, teacher-forced): no gradient through time but for internal
   * delays, every step one ahead.
   */
  MEASURED,
  /** The model's own outputs (parallel, closed-loop): what a simulation will see. */
  SIMULATED
}
