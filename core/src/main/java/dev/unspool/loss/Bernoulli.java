// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/**
 * Bernoulli negative log-likelihood in nats (binary cross-entropy on logits): the targets t are
 * probabilities from 0 to 1, and {@code ℓ} is the mean over the features of a step of {@code −t·log
 * σ(y) − (1 − t)·log(1 − σ(y))}, computed as {@code max(y, 0) − t·y + log(1 + e^−|y|)}, which does
 * not overflow.
 */
public record Bernoulli() implements Loss {
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a target that counts is not from 0 to 1
   */
  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return bind(Workers.caller()).evaluate(outputs, targets, mask, gradient);
  }

  @Override
  public Loss bind(Workers workers) {
    return WeightedMean.ofTargets(this, Bernoulli::row, workers);
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
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double y = outputs[output + j];
      double t = targets[target + j];
      if (Double.isNaN(t)) {
        gradient[into + j] = 0;
        continue;
      }
      if (!(t >= 0 && t <= 1)) {
        throw new IllegalArgumentException(
            "target feature %s is %s, expected a probability from 0 to 1".formatted(j, t));
      }
      double decay = Math.exp(-Math.abs(y));
      sum += Math.max(y, 0) - t * y + Math.log1p(decay);
      double sigmoid = (y >= 0 ? 1 : decay) / (1 + decay);
      gradient[into + j] = (float) (scale / width * (sigmoid - t));
    }
    return sum / width;
  }
}
