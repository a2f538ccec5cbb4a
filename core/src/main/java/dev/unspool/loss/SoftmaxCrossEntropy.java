// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/**
 * Softmax cross-entropy in nats: the outputs are logits, the one target feature is the index k of
 * the right class, {@code ℓ = −log softmax(y)_k}.
 */
public record SoftmaxCrossEntropy() implements Loss {
  @Override
  public int targets(int outputs) {
    return 1;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a target that counts is not a class index
   */
  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return bind(Workers.caller()).evaluate(outputs, targets, mask, gradient);
  }

  @Override
  public Loss bind(Workers workers) {
    return WeightedMean.ofRows(this, SoftmaxCrossEntropy::row, workers);
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
    float index = targets[target];
    int label = (int) index;
    if (label != index || label < 0 || label >= width) {
      throw new IllegalArgumentException(
          "the target is %s, expected a class index from 0 to %s".formatted(index, width - 1));
    }
    return kernels.softmaxCrossEntropy(
        outputs, output, width, label, (float) scale, gradient, into);
  }
}
