// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.loss.Bernoulli;
import dev.unspool.loss.GaussianNegativeLogLikelihood;
import dev.unspool.loss.Huber;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.loss.Quantile;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.SquaredError;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which losses a stream is learned with. */
class OnlineLossTest {
  private static LearnerBuilder builder(Loss loss) {
    Model model = new Network(NetworkSpec.of(Cell.GRU, 1, 3, 2));
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(1)))
        .horizons(1)
        .truncation(1, 3)
        .warmUp(2)
        .loss(loss);
  }

  /** Their outputs are logits: no prediction, and no band lies around them. */
  @Test
  void thoseWhoseOutputsAreLogitsAreRefused() {
    for (Loss loss : List.of(new Bernoulli(), new SoftmaxCrossEntropy())) {
      LearnerBuilder builder = builder(loss);
      var thrown = assertThrows(IllegalArgumentException.class, builder::build);
      assertEquals(
          "the outputs of %s are logits, and predictions are on the scale of the truth: take"
                  .formatted(loss.getClass().getSimpleName())
              + " MeanSquaredError, Huber, Quantile, GaussianNegativeLogLikelihood or a loss of your"
              + " own",
          thrown.getMessage());
    }
  }

  @Test
  void theOthersLearn() {
    for (Loss loss :
        List.of(
            new MeanSquaredError(),
            new Huber(1),
            new Quantile(List.of(0.1, 0.5)),
            new GaussianNegativeLogLikelihood(),
            new SquaredError())) { // one of somebody's own
      try (var learner = builder(loss).build()) {
        for (int row = 0; row < 20; row++) {
          double[] y = new double[learner.targets()];
          y[0] = 5 + Math.sin(row);
          learner.learn("a", row, y);
          learner.predict("a", new double[] {y[0]});
        }
        assertTrue(learner.counters().updates() > 10, loss::toString);
      }
    }
  }
}
