// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import org.jspecify.annotations.Nullable;

/**
 * A least-squares problem: residuals as a function of θ, whose squares are to add up to little.
 * Weights of samples are in the residuals already, as factors √w.
 */
public interface Residuals {
  /** Length of θ. */
  int parameters();

  /** Number of residuals. */
  int count();

  /**
   * All residuals at θ. Where a simulation diverges they are not finite; that is no error.
   *
   * @param theta not modified
   * @param into overwritten, of length {@link #count()}
   */
  void evaluate(double[] theta, double[] into);

  /**
   * All residuals and their derivatives at θ, one after the other, so that nobody holds the whole
   * Jacobian.
   *
   * @param theta not modified
   */
  void linearise(double[] theta, ResidualRows rows);

  /** Why there is nothing to fit, in one line with advice; null if there is something. */
  default @Nullable String objection() {
    return null;
  }
}
