// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.loss.Quantile;
import dev.unspool.predict.Outputs;

/**
 * Which of the outputs is the prediction itself.
 *
 * @param each outputs in a row that say something about the same value
 * @param middle number of the one among them that is the prediction
 */
record Reading(int each, int middle) {
  /** What a model that is trained with a loss puts out: quantiles, or values before all else. */
  static Reading of(Loss loss) {
    return loss instanceof Quantile(var probabilities)
        ? new Reading(probabilities.size(), Outputs.middle(probabilities))
        : new Reading(1, 0);
  }

  /** The prediction of a value, in scaled units. */
  double point(float[] outputs, int offset, int value) {
    return outputs[offset + value * each + middle];
  }
}
