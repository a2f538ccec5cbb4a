// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/**
 * Gaussian negative log-likelihood in nats, for models that say how sure they are (Nix and Weigend
 * 1994): of 2n outputs the first n are means μ, the others log-variances s, for n targets t. {@code
 * ℓ} is the mean over the n targets of {@code ½·(s + (t − μ)²·e^−s + log 2π)}.
 *
 * <p>Below {@code s = −20}, a standard deviation of 5·10⁻⁵, a smaller variance is no longer
 * rewarded: a step that is predicted exactly cannot drive the variance to 0. There {@code s} counts
 * as −20 in its own term, and the precision {@code e^−s} goes on along its tangent, so that nothing
 * overflows and an error still pulls the variance up.
 */
public record GaussianNegativeLogLikelihood() implements Loss {
  /** Smallest log-variance that is rewarded. */
  static final double FLOOR = -20;

  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  @Override
  public int targets(int outputs) {
    if (outputs % 2 != 0) {
      throw new IllegalArgumentException(
          "the outputs are means and log-variances, an even number; found " + outputs);
    }
    return outputs / 2;
  }

  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return bind(Workers.caller()).evaluate(outputs, targets, mask, gradient);
  }

  @Override
  public Loss bind(Workers workers) {
    return WeightedMean.ofTargets(this, GaussianNegativeLogLikelihood::row, workers);
  }

  private static double row(
      Kernels kernels,
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into) {
    int n = width / 2;
    double sum = 0;
    for (int j = 0; j < n; j++) {
      if (Float.isNaN(targets[target + j])) {
        gradient[into + j] = 0;
        gradient[into + n + j] = 0;
        continue;
      }
      double logVariance = outputs[output + n + j];
      double floored = Math.max(logVariance, FLOOR);
      // The slope of the precision is −exp(−s) above the floor and along the tangent below it.
      double slope = Math.exp(-floored);
      double precision = slope * (1 + floored - logVariance);
      double error = (double) outputs[output + j] - targets[target + j];
      sum += floored + error * error * precision + LOG_TWO_PI;
      gradient[into + j] = (float) (scale / n * error * precision);
      double own = logVariance < FLOOR ? 0 : 1;
      gradient[into + n + j] = (float) (scale / n * (own - error * error * slope) / 2);
    }
    return sum / n / 2;
  }
}
