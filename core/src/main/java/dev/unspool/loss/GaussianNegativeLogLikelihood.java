// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/**
 * Negative log-likelihood of targets that are normally distributed, in nats, where the model says
 * mean and variance of each. Outputs are steps × lanes × 2n: n means μ, then n log-variances s;
 * targets t are steps × lanes × n:
 *
 * <pre>{@code
 * ℓ = 1/n Σ_i ½ ( log 2π + s_i + (μ_i − t_i)²·exp(−s_i) )
 * ∂ℓ/∂μ_i = 1/n (μ_i − t_i)·exp(−s_i)
 * ∂ℓ/∂s_i = 1/2n ( 1 − (μ_i − t_i)²·exp(−s_i) )
 * }</pre>
 *
 * <p>D. A. Nix and A. S. Weigend, "Estimating the Mean and Variance of the Target Probability
 * Distribution" (1994); PyTorch's {@code GaussianNLLLoss} with {@code full=True}, but of the
 * log-variance, which may be any number. Below s = −30, which is a standard deviation of 3·10⁻⁷,
 * the precision exp(−s) goes on along its tangent: it cannot overflow, and the derivative stays the
 * exact one of what is computed.
 */
public record GaussianNegativeLogLikelihood() implements Loss {
  private static final double FLOOR = -30;
  private static final double LOG_2_PI = Math.log(2 * Math.PI);

  /**
   * Half as many targets as outputs.
   *
   * @throws IllegalArgumentException if {@code outputs} is odd
   */
  @Override
  public int targets(int outputs) {
    if (outputs % 2 != 0) {
      throw new IllegalArgumentException(
          "a Gaussian needs a mean and a log-variance for each target, so an even number of"
              + " outputs; found "
              + outputs);
    }
    return outputs / 2;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return MaskedMean.evaluate(
        this, GaussianNegativeLogLikelihood::row, outputs, targets, mask, gradient);
  }

  private double row(Steps outputs, Steps targets, int row, double scale, Steps gradient) {
    int n = targets.features();
    int fromY = MaskedMean.at(outputs, row);
    int fromT = MaskedMean.at(targets, row);
    int fromD = MaskedMean.at(gradient, row);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double error = (double) outputs.values()[fromY + i] - targets.values()[fromT + i];
      double s = outputs.values()[fromY + n + i];
      double slope = Math.exp(-Math.max(s, FLOOR));
      double precision = s < FLOOR ? slope * (1 - (s - FLOOR)) : slope;
      sum += 0.5 * (LOG_2_PI + s + error * error * precision);
      gradient.values()[fromD + i] = (float) (error * precision * scale / n);
      gradient.values()[fromD + n + i] = (float) (0.5 * (1 - error * error * slope) * scale / n);
    }
    return sum / n;
  }
}
