// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;

/** Mean squared error: {@code ℓ = 1/n · Σ_j (y_j − t_j)²} over the n features of a step. */
public record MeanSquaredError() implements Loss {
  private static final RowLoss ROW = MeanSquaredError::row;

  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return ROW.mean(outputs, targets, mask, gradient, outputs.features());
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
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double error = (double) outputs[output + j] - targets[target + j];
      sum += error * error;
      gradient[into + j] = (float) (2 * scale / width * error);
    }
    return sum / width;
  }
}
