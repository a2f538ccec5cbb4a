// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/** Mean squared error: {@code ℓ = 1/n · Σ_j (y_j − t_j)²} over the n features of a step. */
public record MeanSquaredError() implements Loss {
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
    return WeightedMean.ofTargets(this, MeanSquaredError::row, MeanSquaredError::holed, workers);
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
    float factor = (float) (2 * scale / width);
    return kernels.squaredError(outputs, output, targets, target, width, factor, gradient, into)
        / width;
  }

  private static double holed(
      Kernels kernels,
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into) {
    float factor = (float) (2 * scale / width);
    double sum = 0;
    for (int j = 0; j < width; j++) {
      boolean known = !Float.isNaN(targets[target + j]);
      float error = known ? outputs[output + j] - targets[target + j] : 0;
      gradient[into + j] = factor * error;
      sum += (double) error * error;
    }
    return sum / width;
  }
}
