// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Bernoulli;
import dev.unspool.loss.Loss;
import dev.unspool.loss.Quantile;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.predict.Outputs;

/**
 * Which of the outputs is the prediction itself.
 *
 * @param each outputs in a row that say something about the same value
 * @param middle number of the one among them that is the prediction
 */
record Reading(int each, int middle) {
  /**
   * What a model that is trained with a loss puts out: quantiles, or values before all else.
   *
   * @throws IllegalArgumentException if that is no value, but a logit: what is said of it, errors,
   *     bands and drift, would mean nothing beside a truth
   */
  static Reading of(Loss loss) {
    if (loss instanceof Bernoulli || loss instanceof SoftmaxCrossEntropy) {
      throw new IllegalArgumentException(
          ("the outputs of %s are logits, and predictions are on the scale of the truth: take"
                  + " MeanSquaredError, Huber, Quantile, GaussianNegativeLogLikelihood or a loss of"
                  + " your own")
              .formatted(loss.getClass().getSimpleName()));
    }
    return loss instanceof Quantile(var probabilities)
        ? new Reading(probabilities.size(), Outputs.middle(probabilities))
        : new Reading(1, 0);
  }

  /** The prediction of a value, in scaled units. */
  double point(float[] outputs, int offset, int value) {
    return outputs[offset + value * each + middle];
  }
}
