// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/**
 * Huber's loss: quadratic for small errors, linear for large ones, so that outliers pull no harder
 * than errors of size δ. With outputs y and targets t, both steps × lanes × n, and d = y − t:
 *
 * <pre>{@code
 * ℓ = 1/n Σ_i ( d_i²/2             where |d_i| ≤ δ
 *             ( δ·(|d_i| − δ/2)    elsewhere
 * ∂ℓ/∂y_i = 1/n min(δ, max(−δ, d_i))
 * }</pre>
 *
 * <p>P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35
 * (1964); PyTorch's {@code HuberLoss}.
 *
 * @param delta δ, in the unit of the targets, above 0
 */
public record Huber(double delta) implements Loss {
  /** Checks the range. */
  public Huber {
    if (!(delta > 0 && delta <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the delta of the Huber loss is %s, expected a number above 0".formatted(delta));
    }
  }

  /** As many targets as outputs. */
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return MaskedMean.evaluate(this, Huber::row, outputs, targets, mask, gradient);
  }

  private double row(Steps outputs, Steps targets, int row, double scale, Steps gradient) {
    int n = outputs.features();
    int fromY = MaskedMean.at(outputs, row);
    int fromT = MaskedMean.at(targets, row);
    int fromD = MaskedMean.at(gradient, row);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double error = (double) outputs.values()[fromY + i] - targets.values()[fromT + i];
      double slope = Math.min(delta, Math.max(-delta, error));
      // Both branches at once: slope is d in the quadratic part and ±δ in the linear one.
      sum += slope * (error - slope / 2);
      gradient.values()[fromD + i] = (float) (slope * scale / n);
    }
    return sum / n;
  }
}
