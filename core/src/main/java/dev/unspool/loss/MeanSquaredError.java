// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/**
 * Mean squared error. With outputs y and targets t, both steps × lanes × n:
 *
 * <pre>{@code
 * ℓ = 1/n Σ_i (y_i − t_i)²
 * ∂ℓ/∂y_i = 2/n (y_i − t_i)
 * }</pre>
 *
 * <p>Least squares are Legendre's (1805); averaged over features as in PyTorch's {@code MSELoss}.
 */
public record MeanSquaredError() implements Loss {
  /** As many targets as outputs. */
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return MaskedMean.evaluate(this, MeanSquaredError::row, outputs, targets, mask, gradient);
  }

  private double row(Steps outputs, Steps targets, int row, double scale, Steps gradient) {
    int n = outputs.features();
    float[] y = outputs.values();
    float[] t = targets.values();
    float[] d = gradient.values();
    int fromY = MaskedMean.at(outputs, row);
    int fromT = MaskedMean.at(targets, row);
    int fromD = MaskedMean.at(gradient, row);
    for (int i = 0; i < n; i++) {
      d[fromD + i] = y[fromY + i] - t[fromT + i];
    }
    double sum = sumOfSquares(d, fromD, n);
    float factor = (float) (2 * scale / n);
    for (int i = 0; i < n; i++) {
      d[fromD + i] *= factor;
    }
    return sum / n;
  }

  /** Four sums side by side: one alone would wait for the end of each addition. */
  private static double sumOfSquares(float[] values, int from, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += square(values[from + i]);
      b += square(values[from + i + 1]);
      c += square(values[from + i + 2]);
      d += square(values[from + i + 3]);
    }
    for (; i < n; i++) {
      a += square(values[from + i]);
    }
    return (a + b) + (c + d);
  }

  private static double square(double value) {
    return value * value;
  }
}
