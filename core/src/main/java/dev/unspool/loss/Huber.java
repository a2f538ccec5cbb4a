// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/**
 * Huber's robust loss (Huber 1964, "Robust Estimation of a Location Parameter"): with {@code e = y
 * − t}, the mean over the features of a step of {@code e²/2} where {@code |e| ≤ δ}, and {@code
 * δ·(|e| − δ/2)} beyond, so that no error pulls harder than δ.
 *
 * @param delta where the parabola becomes a line, in units of the targets; above 0
 */
public record Huber(double delta) implements Loss {
  /** Checks the range. */
  public Huber {
    if (!(delta > 0) || Double.isInfinite(delta)) {
      throw new IllegalArgumentException("delta must be above 0 and finite, found " + delta);
    }
  }

  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return bind(Workers.caller()).evaluate(outputs, targets, mask, gradient);
  }

  @Override
  public Loss bind(Workers workers) {
    return WeightedMean.ofTargets(this, this::row, workers);
  }

  private double row(
      Kernels kernels,
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      if (Float.isNaN(targets[target + j])) {
        gradient[into + j] = 0;
        continue;
      }
      double error = (double) outputs[output + j] - targets[target + j];
      double clamped = Math.clamp(error, -delta, delta);
      sum += clamped * (error - clamped / 2);
      gradient[into + j] = (float) (scale / width * clamped);
    }
    return sum / width;
  }
}
