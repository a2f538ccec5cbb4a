// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
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
    float factor = (float) (2 * scale / width);
    return Kernels.get()
            .squaredError(outputs, output, targets, target, width, factor, gradient, into)
        / width;
  }
}
