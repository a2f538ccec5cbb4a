// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Sgd;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What no record may do. */
class OnlineGuardsTest {
  private final Network network = new Network(NetworkSpec.of(Cell.LSTM, 1, 6, 1));
  private final Parameters theta = network.initialise(new SplitMix64(1));

  private LearnerBuilder builder(WeightPolicy policy) {
    return OnlineLearner.builder(network, theta)
        .policy(policy)
        .truncation(1, 5)
        .warmUp(10)
        .stopAfter(5);
  }

  private static double value(long row) {
    return Math.sin(0.5 * row);
  }

  private static Lesson next(OnlineLearner learner, String key) {
    long row = learner.rows(key);
    Lesson lesson = learner.learn(key, row, new double[] {value(row)});
    learner.predict(key, new double[] {value(row)});
    return lesson;
  }

  /** Everything but what counts records. */
  private static Snapshot stored(OnlineLearner learner) {
    var snapshot = new Snapshot();
    learner.save(snapshot);
    return snapshot;
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aBadInputChangesNeitherWeightsNorStateNorWindow(WeightPolicy policy) {
    try (var learner = builder(policy).build()) {
      for (int i = 0; i < 50; i++) {
        next(learner, "a");
      }
      Snapshot before = stored(learner);
      Prediction p = learner.predict("a", new double[] {Double.NaN});
      assertFalse(p.usable());
      assertEquals(Incident.INPUT, p.reason());
      assertTrue(Double.isNaN(p.value(0, 0)));
      assertEquals(1, learner.counters().incidents(Incident.INPUT));
      assertEquals(51, learner.rows("a"));
      Snapshot after = stored(learner);
      before
          .entries()
          .forEach(
              (name, entry) -> {
                boolean kept =
                    name.equals("theta") || name.contains("optimizer") || name.contains(".memory.");
                if (kept && entry instanceof Snapshot.Floats(float[] values)) {
                  assertArrayEquals(values, after.floats(name), name);
                }
              });
      next(learner, "a"); // the row of before has said nothing, so its truth teaches nothing
      Lesson lesson = next(learner, "a");
      assertTrue(lesson.updated());
    }
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aStateThatIsTooLargeIsNotTakenOver(WeightPolicy policy) {
    try (var learner = builder(policy).stateLimit(1e-6).build()) {
      int i = 0;
      for (; learner.counters().incidents(Incident.STATE) == 0; i++) {
        next(learner, "a");
        assertTrue(i < 100, "no incident");
      }
      var thrown =
          assertThrows(
              IncidentsException.class,
              () -> {
                for (int j = 0; j < 5; j++) {
                  next(learner, "a");
                }
              });
      assertEquals(Incident.STATE, thrown.incident());
      assertEquals(5, thrown.inARow());
      assertEquals(0, learner.counters().updates());
    }
  }

  @Test
  void weightsThatAreNotFiniteAreToldByTheOutputs() {
    try (var learner = builder(WeightPolicy.AS_APPLIED).build()) {
      for (int i = 0; i < 30; i++) {
        next(learner, "a");
      }
      theta.values()[0] = Float.NaN;
      next(learner, "a"); // the sweep of before notices nothing yet, or its gradient is not finite
      next(learner, "a");
      assertTrue(learner.counters().incidents() > 0, learner.counters()::toString);
    }
  }

  @Test
  void anInfiniteTruthIsNotKnown() {
    try (var learner = builder(WeightPolicy.AS_APPLIED).build()) {
      for (int i = 0; i < 30; i++) {
        next(learner, "a");
      }
      float[] before = theta.values().clone();
      Lesson lesson = learner.learn("a", learner.rows("a"), new double[] {1 / 0.0});
      assertFalse(lesson.updated());
      assertEquals(1, learner.counters().incidents(Incident.TRUTH));
      assertArrayEquals(before, theta.values());
    }
  }

  /** A loss that is far larger than usual: passed over, or gone back before. */
  @Test
  void aSpikeIsPassedOver() {
    for (boolean rollBack : new boolean[] {false, true}) {
      var learner =
          builder(WeightPolicy.AS_APPLIED)
              .onSpike(50, rollBack)
              .targets(Scaling.none())
              .inputs(Scaling.none())
              .learningRate(LearningRate.constant(0.01))
              .build();
      try (learner) {
        var kept = new ArrayList<float[]>();
        for (int i = 0; i < 1200; i++) {
          next(learner, "a");
          if (learner.counters().updates() % 500 == 0 && learner.counters().updates() > 0) {
            kept.add(theta.values().clone());
          }
        }
        float[] before = theta.values().clone();
        Lesson lesson = learner.learn("a", learner.rows("a"), new double[] {1e6});
        assertEquals(Incident.SPIKE, lesson.skipped());
        assertFalse(lesson.updated());
        assertEquals(1, learner.counters().incidents(Incident.SPIKE));
        assertEquals(rollBack ? 1 : 0, learner.counters().rollbacks());
        assertArrayEquals(rollBack ? kept.getFirst() : before, theta.values());
        learner.predict("a", new double[] {0});
        assertNotNull(next(learner, "a"));
      }
    }
  }

  /** A rate that lets weights grow without end. */
  @Test
  void aDivergenceEndsInAnError() {
    var learner =
        builder(WeightPolicy.AS_APPLIED)
            .optimizer(new Sgd())
            .clipping(Clipping.none())
            .learningRate(LearningRate.constant(1e25))
            .build();
    try (learner) {
      var thrown =
          assertThrows(
              IncidentsException.class,
              () -> {
                for (int i = 0; i < 300; i++) {
                  next(learner, "a");
                }
              });
      assertTrue(thrown.inARow() >= 5);
    }
  }

  @Test
  void keysThatAreHeardLeastAreForgotten() {
    try (var learner = builder(WeightPolicy.REPLAY).keys(3).build()) {
      for (String key : new String[] {"a", "b", "c", "a", "d"}) {
        next(learner, key);
      }
      assertEquals(3, learner.keys());
      assertEquals(1, learner.counters().forgottenKeys());
      assertEquals(0, learner.rows("b"));
      assertEquals(2, learner.rows("a"));
    }
  }

  @Test
  void whoAsksTooMuchIsTold() {
    try (var learner = builder(WeightPolicy.REPLAY).build()) {
      assertThrows(IllegalArgumentException.class, () -> learner.predict("a", new double[2]));
      assertThrows(IllegalArgumentException.class, () -> learner.learn("a", 0, new double[2]));
      assertThrows(IllegalArgumentException.class, () -> learner.learn("a", -1, new double[1]));
      assertThrows(IllegalStateException.class, () -> learner.learn("a", new double[1]));
      learner.predict("a", new double[1]);
      assertEquals(1, learner.learn("a", new double[1]).row());
      assertThrows(IllegalStateException.class, () -> learner.learn("a", new double[1]));
    }
  }
}
