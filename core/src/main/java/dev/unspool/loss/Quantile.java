// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;
import dev.unspool.model.Workers;
import java.util.List;

/**
 * Quantile loss, also called pinball loss (Koenker and Bassett 1978, "Regression Quantiles"): of
 * n·m outputs, m for each of n targets t stand for its m quantiles. {@code ℓ} is the mean over all
 * of them of {@code max(p·(t − y), (p − 1)·(t − y))}, which is least where y is the p-quantile of
 * t. Where y is t itself, the gradient is 0.
 *
 * @param probabilities p of each quantile, between 0 and 1; at least one
 */
public record Quantile(List<Double> probabilities) implements Loss {
  /** Checks the range. */
  public Quantile {
    probabilities = List.copyOf(probabilities);
    if (probabilities.isEmpty() || probabilities.stream().anyMatch(p -> !(p > 0 && p < 1))) {
      throw new IllegalArgumentException(
          "quantiles need probabilities between 0 and 1, found " + probabilities);
    }
  }

  @Override
  public int targets(int outputs) {
    int each = probabilities.size();
    if (outputs % each != 0) {
      throw new IllegalArgumentException(
          "the outputs are %s quantiles of each target, a multiple of that; found %s"
              .formatted(each, outputs));
    }
    return outputs / each;
  }

  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return bind(Workers.caller()).evaluate(outputs, targets, mask, gradient);
  }

  @Override
  public Loss bind(Workers workers) {
    double[] p = probabilities.stream().mapToDouble(Double::doubleValue).toArray();
    RowLoss row =
        (kernels, outputs, output, width, targets, target, scale, gradient, into) ->
            row(p, outputs, output, width, targets, target, scale, gradient, into);
    return WeightedMean.ofTargets(this, row, workers);
  }

  private static double row(
      double[] p,
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      double t = targets[target + i / p.length];
      double above = outputs[output + i] - t;
      double slope = above < 0 ? -p[i % p.length] : above > 0 ? 1 - p[i % p.length] : 0;
      sum += slope == 0 ? 0 : slope * above; // not a number where the target is missing
      gradient[into + i] = (float) (scale / width * slope);
    }
    return sum / width;
  }
}
