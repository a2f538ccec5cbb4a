// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a sweep runs.
 *
 * @param earlyPhases what comes first, for all steps: made of forward values alone
 * @param lazyPhases what depends on nothing but the derivative of outputs, for the steps that have
 *     one
 * @param phases everything else
 * @param adjoint where derivatives of outputs are read
 * @param zeroed what has to be zero for the steps whose outputs nobody has read
 * @param input where ∂L/∂x is left; null if it is not wanted, or nothing goes back
 * @param states where what goes back to each array of the state lives
 * @param gradients what derivatives with respect to matrices are made of
 * @param rowSums sums over all rows, which derivatives with respect to vectors are made of
 */
record BackwardPlan(
    List<Phase> earlyPhases,
    List<Phase> lazyPhases,
    List<Phase> phases,
    Home adjoint,
    List<Home> zeroed,
    @Nullable Home input,
    List<State> states,
    List<Gradient> gradients,
    List<Rows> rowSums) {

  /**
   * An array of the state.
   *
   * @param leaving what goes back to the values that a step leaves; null if nobody reads it. Rows
   *     of one step where these are gone through one by one and nothing else reads it.
   * @param entering what goes back to the values that enter a step; null if nothing does
   * @param looped whether it depends on itself
   */
  record State(@Nullable Home leaving, @Nullable Home entering, boolean looped) {}

  /** A term of the derivative with respect to a matrix: Σ_rows leftᵀ·right. */
  record Gradient(Matrix matrix, Spot left, Home right, boolean scattered, boolean lazy) {}

  /** A sum over all rows. */
  record Rows(Node node, Home of, boolean lazy) {}
}
