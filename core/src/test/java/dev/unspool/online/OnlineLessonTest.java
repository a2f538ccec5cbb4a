// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import org.junit.jupiter.api.Test;

/** How long what was made of a truth can be read. */
class OnlineLessonTest {
  private final Model model = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 1));

  private LearnerBuilder builder() {
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(1)))
        .truncation(3, 5)
        .warmUp(0);
  }

  private static Lesson oneTruth(OnlineLearner learner) {
    learner.learn("a", 0, new double[] {2});
    learner.predict("a", new double[] {0});
    learner.predict("a", new double[] {1});
    return learner.learn("a", 1, new double[] {3});
  }

  /** Truths are so few that a sweep is made to have room for a row. */
  @Test
  void aPredictionLeavesItAsItIs() {
    try (var learner = builder().build()) {
      Lesson lesson = oneTruth(learner);
      double error = lesson.error(0, 0);
      assertTrue(Double.isFinite(error), () -> "error " + error);
      for (int i = 2; i < 6; i++) {
        learner.predict("a", new double[] {i});
      }
      assertEquals(1, learner.counters().updates(), "no sweep was made");
      assertEquals(1, lesson.row());
      assertEquals(error, lesson.error(0, 0));
      assertFalse(lesson.updated());
    }
  }

  /** Such a sweep can fail as any other, and then the row is one all the same. */
  @Test
  void aPredictionTellsOfSweepsThatGaveNothing() {
    var wrong = new WrongLoss();
    wrong.wrong = Incident.LOSS;
    try (var learner = builder().loss(wrong).stopAfter(1).build()) {
      oneTruth(learner);
      learner.predict("a", new double[] {2});
      learner.predict("a", new double[] {3});
      var thrown =
          assertThrows(IncidentsException.class, () -> learner.predict("a", new double[] {4}));
      assertEquals(Incident.LOSS, thrown.incident());
      assertEquals(5, learner.rows("a"));
      assertEquals(5, learner.predict("a", new double[] {5}).row());
    }
  }
}
