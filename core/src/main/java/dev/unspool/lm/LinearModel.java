// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** The residuals as a linear function around one θ, in whatever form a solver wants it. */
interface LinearModel {
  /** Takes on the residuals and derivatives at θ. */
  void linearise(Residuals residuals, double[] theta);

  /** Jᵀr; not to be modified. */
  double[] gradient();

  /** For each parameter, the squared norm of its column of J; not to be modified. */
  double[] diagonal();

  /**
   * Solves {@code (JᵀJ + diag(damping)) x = −g}.
   *
   * @param damping λ times squared scales
   * @param g the right-hand side; Jᵀr for a step
   * @param x overwritten
   * @return whether the digits of x are to be trusted
   */
  boolean solve(double[] damping, double[] g, double[] x);
}
