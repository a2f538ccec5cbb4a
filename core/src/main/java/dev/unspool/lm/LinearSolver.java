// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** How the linear least-squares problem of a step is solved. */
public enum LinearSolver {
  /**
   * {@link #CHOLESKY}, with {@link #QR} for steps where the normal equations have lost too many
   * digits, and {@link #LSMR} where θ is longer than 3000.
   */
  AUTOMATIC,
  /** Normal equations in float64: one pass over the rows, θ²/2 multiplications for each. */
  CHOLESKY,
  /**
   * Householder QR of the rows, folded into one triangle block by block: twice the digits of the
   * normal equations and about four times their cost.
   */
  QR,
  /**
   * Matrix-free (Fong and Saunders 2011): products with J and Jᵀ only, no θ × θ matrix. The rows
   * are kept if they fit into 512 MiB and computed again for every product otherwise.
   */
  LSMR
}
