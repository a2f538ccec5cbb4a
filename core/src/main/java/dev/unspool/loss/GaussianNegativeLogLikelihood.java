// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/**
 * Gaussian negative log-likelihood in nats, for models that say how sure they are (Nix and Weigend
 * 1994): of 2n outputs the first n are means μ, the others log-variances s, for n targets t. {@code
 * ℓ} is the mean over the n targets of {@code ½·(s + (t − μ)²·e^−s + log 2π)}.
 *
 * <p>Log-variances are clamped to ±{@value #LIMIT} where they are used, with a zero derivative
 * beyond: a step that is predicted exactly cannot drive the variance to 0.
 */
public record GaussianNegativeLogLikelihood() implements Loss {
  /** Largest magnitude of a log-variance. */
  static final double LIMIT = 20;

  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
  private static final RowLoss ROW = GaussianNegativeLogLikelihood::row;

  @Override
  public int targets(int outputs) {
    if (outputs % 2 != 0) {
      throw new IllegalArgumentException(
          "the outputs are means and log-variances, an even number; found " + outputs);
    }
    return outputs / 2;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return ROW.mean(outputs, targets, mask, gradient, targets(outputs.features()));
  }

  private static double row(
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
      double raw = outputs[output + n + j];
      double logVariance = Math.clamp(raw, -LIMIT, LIMIT);
      double precision = Math.exp(-logVariance);
      double error = (double) outputs[output + j] - targets[target + j];
      double squared = error * error * precision;
      sum += logVariance + squared + LOG_TWO_PI;
      gradient[into + j] = (float) (scale / n * error * precision);
      gradient[into + n + j] = raw == logVariance ? (float) (scale / n * (1 - squared) / 2) : 0;
    }
    return sum / n / 2;
  }
}
