// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/**
 * Negative log-likelihood of independent yes-or-no targets, in nats. Outputs y are logits, targets
 * t are probabilities in [0, 1] (mostly 0 or 1), both steps × lanes × n:
 *
 * <pre>{@code
 * p_i = σ(y_i) = 1 / (1 + exp(−y_i))
 * ℓ = −1/n Σ_i ( t_i·log p_i + (1 − t_i)·log(1 − p_i) )
 * ∂ℓ/∂y_i = 1/n (p_i − t_i)
 * }</pre>
 *
 * <p>It is computed as {@code (1 − t)·y + log(1 + exp(−y))} for y ≥ 0 and {@code −t·y + log(1 +
 * exp(y))} below, in which no exponential can overflow. D. R. Cox, "The Regression Analysis of
 * Binary Sequences" (1958); PyTorch's {@code BCEWithLogitsLoss}.
 *
 * <p>A target outside [0, 1] is an {@link IllegalArgumentException}, unless its mask is 0.
 */
public record Bernoulli() implements Loss {
  /** As many targets as outputs. */
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return MaskedMean.evaluate(this, Bernoulli::row, outputs, targets, mask, gradient);
  }

  private double row(Steps outputs, Steps targets, int row, double scale, Steps gradient) {
    int n = outputs.features();
    int fromY = MaskedMean.at(outputs, row);
    int fromT = MaskedMean.at(targets, row);
    int fromD = MaskedMean.at(gradient, row);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double y = outputs.values()[fromY + i];
      double t = targets.values()[fromT + i];
      if (!(t >= 0 && t <= 1)) {
        throw new IllegalArgumentException(
            "the target at %s, feature %d is %s, expected a probability from 0 to 1"
                .formatted(MaskedMean.place(targets, row), i, t));
      }
      double e = Math.exp(-Math.abs(y));
      double p = (y < 0 ? e : 1) / (1 + e);
      sum += (y < 0 ? -t : 1 - t) * y + Math.log1p(e);
      gradient.values()[fromD + i] = (float) ((p - t) * scale / n);
    }
    return sum / n;
  }
}
