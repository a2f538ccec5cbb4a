// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Locale;

/** Why a fit ended. */
public enum StopReason {
  /** The residuals are orthogonal to every column of the Jacobian: a stationary point. */
  GRADIENT(true, "a minimum, perhaps a local one; other first weights may find a lower one"),
  /** Steps no longer move θ. */
  STEP(true, "steps have become too small to matter; other first weights may find a lower minimum"),
  /** The cost no longer falls. */
  COST(true, "the cost no longer falls; other first weights may find a lower minimum"),
  /** The wanted precision is reached. */
  RMSE(true, "the wanted precision is reached"),
  /** All iterations are used up. */
  ITERATIONS(true, "it was still improving; allow more iterations to go on"),
  /** The time is over. */
  TIME(true, "the time is over; allow more of it to go on"),
  /** The caller said so. */
  CANCELLED(true, "stopped from outside; go on from these weights at any time"),
  /** No step gets ahead however much it is damped. */
  DAMPING(
      false,
      "damping grew beyond 1e12 and no step got ahead: the Jacobian may be rank-deficient or the"
          + " model not smooth there; use a smaller model, scale inputs and targets, or begin"
          + " elsewhere"),
  /** Residuals are not finite at the first weights. */
  DIVERGED(
      false,
      "the simulation diverges at the first weights; use smaller ones, train teacher-forced first,"
          + " or scale inputs and targets"),
  /** The derivatives are not finite where the residuals are. */
  JACOBIAN_NOT_FINITE(
      false,
      "derivatives overflow although the simulation does not: gradients explode over time; truncate"
          + " them (smaller k2) or use shorter sequences"),
  /** More parameters than residuals. */
  UNDERDETERMINED(
      false,
      "more parameters than residuals; use a smaller model or more data, or mask fewer steps"),
  /** No parameter has an influence on any residual. */
  NO_INFLUENCE(
      false,
      "no parameter has any influence on the outputs (all derivatives are 0): saturated or dead"
          + " units; begin with smaller weights"),
  /** There is nothing to fit. */
  NOTHING_TO_FIT(false, "nothing was changed");

  private final boolean ok;
  private final String advice;

  StopReason(boolean ok, String advice) {
    this.ok = ok;
    this.advice = advice;
  }

  /** Whether the weights are the outcome of a fit rather than what a failed one has left. */
  public boolean ok() {
    return ok;
  }

  /** What it means and what to do. */
  public String advice() {
    return advice;
  }

  /** The name used on the command line and in files: {@code jacobian-not-finite}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
