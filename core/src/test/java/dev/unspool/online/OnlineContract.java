// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.score.Prequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a learner does with any model of two inputs and two outputs. */
public abstract class OnlineContract {
  /** Two inputs, two outputs. */
  protected abstract Model model();

  private OnlineLearner learner(WeightPolicy policy) {
    Model model = model();
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(2)))
        .horizons(1, 2)
        .delay(1)
        .truncation(1, 4)
        .policy(policy)
        .lanes(2)
        .warmUp(4)
        .build();
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void goesOnToTheBitFromEveryRecord(WeightPolicy policy) {
    var stream = new RandomStream(3, 3, 2, 1, 1, true);
    Counters counters = StoppedAnywhere.check(() -> learner(policy), stream, 60, 6);
    assertTrue(counters.updates() > 10, counters::toString);
  }

  /** A sine, for which persistence is far off. */
  @Test
  void learns() {
    try (var learner = learner(WeightPolicy.REPLAY)) {
      for (int i = 0; i < 1500; i++) {
        double y = 10 * Math.sin(0.7 * i);
        learner.learn("sine", i, new double[] {y});
        learner.predict("sine", new double[] {y, 10 * Math.cos(0.7 * i)});
      }
      var score = learner.judge().score(0, 0);
      var lately = Prequential.Over.LATELY;
      assertTrue(
          score.mae(0, lately) < 0.5 * score.mae(1, lately), () -> "" + score.mae(0, lately));
      assertEquals(1499, score.count());
    }
  }
}
