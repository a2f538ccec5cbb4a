// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;

/**
 * Cross-entropy of a softmax over classes, in nats. Outputs y are logits, steps × lanes × classes;
 * the target c is one class index, steps × lanes × 1, as a float:
 *
 * <pre>{@code
 * p_j = exp(y_j) / Σ_k exp(y_k)
 * ℓ = −log p_c
 * ∂ℓ/∂y_j = p_j − (1 if j = c else 0)
 * }</pre>
 *
 * <p>The largest logit is subtracted before exponentials are taken, so that logits of any size are
 * safe. J. S. Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs"
 * (1990); PyTorch's {@code CrossEntropyLoss}. Its exponential is the perplexity per token.
 *
 * <p>A target that is not the index of a class is an {@link IllegalArgumentException}, unless its
 * mask is 0.
 */
public record SoftmaxCrossEntropy() implements Loss {
  /** One class index. */
  @Override
  public int targets(int outputs) {
    return 1;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    return MaskedMean.evaluate(this, SoftmaxCrossEntropy::row, outputs, targets, mask, gradient);
  }

  private double row(Steps outputs, Steps targets, int row, double scale, Steps gradient) {
    int classes = outputs.features();
    float value = targets.values()[MaskedMean.at(targets, row)];
    int target = (int) value;
    if (target != value || target < 0 || target >= classes) {
      throw new IllegalArgumentException(
          "the target at %s is %s, expected a class index from 0 to %d"
              .formatted(MaskedMean.place(targets, row), value, classes - 1));
    }
    return Kernels.get()
        .softmaxCrossEntropy(
            outputs.values(),
            MaskedMean.at(outputs, row),
            classes,
            target,
            (float) scale,
            gradient.values(),
            MaskedMean.at(gradient, row));
  }
}
