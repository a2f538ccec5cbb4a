// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Locale;

/**
 * What a fit came to. Failure is a value: θ is the best point seen, whatever happened.
 *
 * @param theta the best point seen; the caller's own
 * @param cost half the sum of the squared residuals there
 * @param rmse root mean square of the (weighted) residuals there
 * @param iterations number of Jacobians used
 * @param evaluations number of times the residuals alone were computed
 * @param seconds time taken
 * @param lambda the last damping
 * @param reason why it ended
 * @param advice what that means and what to do
 */
public record FitResult(
    double[] theta,
    double cost,
    double rmse,
    int iterations,
    int evaluations,
    double seconds,
    double lambda,
    StopReason reason,
    String advice) {
  /** All of it but θ, of which there may be thousands. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %s; cost %s, RMSE %s after %s iterations, %s evaluations and %.3g s; λ = %s, θ of %s numbers",
        reason,
        advice,
        cost,
        rmse,
        iterations,
        evaluations,
        seconds,
        lambda,
        theta.length);
  }
}
