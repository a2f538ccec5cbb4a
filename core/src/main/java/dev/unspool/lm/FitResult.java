// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
  /** Whether everything in it is equal, the numbers of arrays too. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FitResult that
        && Arrays.equals(theta, that.theta)
        && Double.compare(cost, that.cost) == 0
        && Double.compare(rmse, that.rmse) == 0
        && iterations == that.iterations
        && evaluations == that.evaluations
        && Double.compare(seconds, that.seconds) == 0
        && Double.compare(lambda, that.lambda) == 0
        && Objects.equals(reason, that.reason)
        && Objects.equals(advice, that.advice);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        Arrays.hashCode(theta),
        cost,
        rmse,
        iterations,
        evaluations,
        seconds,
        lambda,
        reason,
        advice);
  }

  @Override
  public String toString() {
    return "FitResult[theta=%s, cost=%s, rmse=%s, iterations=%s, evaluations=%s, seconds=%s, lambda=%s, reason=%s, advice=%s]"
        .formatted(
            Arrays.toString(theta),
            cost,
            rmse,
            iterations,
            evaluations,
            seconds,
            lambda,
            reason,
            advice);
  }
}
