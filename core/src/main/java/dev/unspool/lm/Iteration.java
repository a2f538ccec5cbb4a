// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a fit stands after an iteration.
 *
 * @param number from 1
 * @param rmse root mean square of the (weighted) residuals
 * @param lambda damping
 * @param gradient the largest cosine between residuals and a column of the Jacobian
 * @param attempts steps tried, the last of which was taken
 * @param seconds since the beginning
 * @param theta where it stands; not to be modified
 */
public record Iteration(
    int number,
    double rmse,
    double lambda,
    double gradient,
    int attempts,
    double seconds,
    double[] theta) {
  /** Whether everything in it is equal, the numbers of arrays too. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Iteration that
        && number == that.number
        && Double.compare(rmse, that.rmse) == 0
        && Double.compare(lambda, that.lambda) == 0
        && Double.compare(gradient, that.gradient) == 0
        && attempts == that.attempts
        && Double.compare(seconds, that.seconds) == 0
        && Arrays.equals(theta, that.theta);
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, rmse, lambda, gradient, attempts, seconds, Arrays.hashCode(theta));
  }

  @Override
  public String toString() {
    return "Iteration[number=%s, rmse=%s, lambda=%s, gradient=%s, attempts=%s, seconds=%s, theta=%s]"
        .formatted(number, rmse, lambda, gradient, attempts, seconds, Arrays.toString(theta));
  }
}
