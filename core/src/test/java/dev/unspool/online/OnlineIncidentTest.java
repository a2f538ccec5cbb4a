// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** After an incident of any kind, weights, moments, state and window are to the bit as before. */
class OnlineIncidentTest {
  private final Model model =
      new Network(NetworkSpec.of(Cell.named("mingru"), 1, 6, 1).withLayers(2));
  private final Parameters theta = model.initialise(new SplitMix64(1));
  private final WrongLoss loss = new WrongLoss();

  private OnlineLearner learner(String how) {
    var builder =
        OnlineLearner.builder(model, theta)
            .horizons(1)
            .truncation(1, 5)
            .loss(loss)
            .onSpike(100, false)
            .inputs(Scaling.none())
            .stopAfter(40)
            .warmUp(3);
    return (how.equals("RTRL") ? builder.rtrl() : builder.policy(WeightPolicy.valueOf(how)))
        .build();
  }

  private static double value(long row) {
    return Math.sin(0.5 * row);
  }

  private static Lesson learn(OnlineLearner learner) {
    long row = learner.rows("a");
    return learner.learn("a", row, new double[] {value(row)});
  }

  private static Prediction predict(OnlineLearner learner) {
    return learner.predict("a", new double[] {value(learner.rows("a"))});
  }

  private static Snapshot stored(OnlineLearner learner) {
    var snapshot = new Snapshot();
    learner.save(snapshot);
    return snapshot;
  }

  /** Traces that have taken a step in are as good as the step, which is all that differs there. */
  private static void assertKept(Snapshot before, OnlineLearner learner, String where) {
    Snapshot after = stored(learner);
    String memory = where.startsWith("RTRL") ? ".memory.newest." : ".memory.";
    for (String name : before.entries().keySet()) {
      if (name.equals("theta") || name.startsWith("optimizer.") || name.contains(memory)) {
        StoppedAnywhere.assertSame(before, after, name, where);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"AS_APPLIED", "CURRENT", "REPLAY", "RTRL"})
  void changesNothingThatWasLearned(String how) {
    try (var learner = learner(how)) {
      for (int i = 0; i < 120; i++) {
        learn(learner);
        predict(learner);
      }
      for (Incident kind :
          new Incident[] {Incident.LOSS, Incident.GRADIENT, Incident.SPIKE, Incident.TRUTH}) {
        // For longer than a window has slack; losses that stay large are usual before long.
        for (int again = 0; again < (kind == Incident.SPIKE ? 4 : 20); again++) {
          loss.wrong = kind;
          Snapshot before = stored(learner);
          if (kind == Incident.TRUTH) {
            learner.learn("a", learner.rows("a"), new double[] {1e200});
          } else {
            assertEquals(kind, learn(learner).skipped());
          }
          assertKept(before, learner, how + " " + kind + " " + again);
          loss.wrong = Incident.INPUT;
          predict(learner);
        }
        assertTrue(learn(learner).updated());
        predict(learner);
      }
      Snapshot before = stored(learner);
      assertEquals(Incident.INPUT, learner.predict("a", new double[] {1e39}).reason());
      assertEquals(
          Incident.INPUT, learner.predict("a", new double[] {Double.NEGATIVE_INFINITY}).reason());
      assertKept(before, learner, how + " input");
    }
  }

  /** Where a key has a tape of its own, steps of before fall off, but what they left does not. */
  @ParameterizedTest
  @CsvSource({"AS_APPLIED", "CURRENT", "REPLAY", "RTRL"})
  void aStateThatIsTooLargeIsNotTakenOver(String how) {
    try (var learner = learner(how)) {
      for (int i = 0; i < 120; i++) {
        learn(learner);
        predict(learner);
      }
      Snapshot before = stored(learner);
      assertEquals(Incident.STATE, learner.predict("a", new double[] {1e9}).reason());
      Snapshot after = stored(learner);
      for (String name : before.entries().keySet()) {
        boolean state = name.contains(".memory.newest");
        if (name.equals("theta") || name.startsWith("optimizer.") || state) {
          StoppedAnywhere.assertSame(before, after, name, how);
        }
      }
      if (how.equals("REPLAY")) {
        assertKept(before, learner, how);
      }
      for (int i = 0; i < 3; i++) {
        learn(learner);
        assertTrue(predict(learner).usable());
      }
      assertTrue(learn(learner).updated());
    }
  }

  /** Weights that are lost and come out of an earlier snapshot: no state was lost with them. */
  @ParameterizedTest
  @CsvSource({"REPLAY, 3", "REPLAY, 35", "AS_APPLIED, 3", "AS_APPLIED, 35", "CURRENT, 20"})
  void weightsThatAreNotFiniteSpoilNoState(String how, int records) {
    try (var learner = learner(how)) {
      for (int i = 0; i < 60; i++) {
        learn(learner);
        predict(learner);
      }
      float[] good = theta.values().clone();
      Arrays.fill(theta.values(), Float.NaN);
      learn(learner); // from now on all know it
      Snapshot before = stored(learner);
      for (int i = 0; i < records; i++) {
        assertEquals(Incident.OUTPUT, predict(learner).reason());
        learn(learner);
      }
      Snapshot after = stored(learner);
      before.entries().keySet().stream()
          .filter(name -> name.contains(how.equals("REPLAY") ? ".memory." : ".memory.newest."))
          .forEach(name -> StoppedAnywhere.assertSame(before, after, name, how));
      var healed = new Snapshot();
      after
          .entries()
          .forEach(
              (name, entry) ->
                  healed.put(name, name.equals("theta") ? new Snapshot.Floats(good) : entry));
      try (var other = learner(how)) {
        other.load(healed);
        for (int i = 0; i < 3; i++) {
          assertTrue(predict(other).usable());
          learn(other);
        }
        predict(other);
        assertTrue(learn(other).updated());
      }
    }
  }

  /** What a truth has met is not lost with the sweep that was one too many. */
  @Test
  void whatWasFoundIsThereAlsoWhereASweepIsOneTooMany() {
    try (var learner = learner("REPLAY")) {
      for (int i = 0; i < 60; i++) {
        learn(learner);
        predict(learner);
      }
      for (int i = 1; i < 40; i++) {
        loss.wrong = Incident.LOSS;
        learn(learner);
        loss.wrong = Incident.INPUT;
        predict(learner);
      }
      double said = learner.prediction().value(0, 0);
      loss.wrong = Incident.LOSS;
      assertEquals(
          40, assertThrows(IncidentsException.class, () -> learn(learner)).inARow(), "sweeps");
      assertEquals(learner.rows("a"), learner.lesson().row());
      assertEquals(said, learner.lesson().said(0, 0));
      assertEquals(Incident.LOSS, learner.lesson().skipped());
      loss.wrong = Incident.INPUT;
      predict(learner);
      assertTrue(learn(learner).updated());
    }
  }

  /** Whoever catches it finds a learner between two records, which can be stored and gone on. */
  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void afterTooManyItCanBeStoredAndAskedAgain(WeightPolicy policy) {
    var snapshot = new Snapshot();
    try (var learner = learner(policy.name())) {
      for (int i = 0; i < 60; i++) {
        learn(learner);
        predict(learner);
      }
      for (int again = 0; again < 2; again++) {
        for (int i = 1; i < 40; i++) {
          learner.predict("a", new double[] {Double.NaN});
        }
        long rows = learner.rows("a");
        var thrown =
            assertThrows(
                IncidentsException.class, () -> learner.predict("a", new double[] {Double.NaN}));
        assertEquals(40, thrown.inARow(), "counted anew by whoever goes on");
        assertEquals(rows + 1, learner.rows("a"));
        assertEquals(rows, learner.prediction().row());
        assertEquals(Incident.INPUT, learner.prediction().reason());
      }
      learn(learner); // nothing is wrong with this
      learner.save(snapshot);
      try (var other = learner(policy.name())) {
        other.load(snapshot);
        assertTrue(predict(learner).usable());
        assertTrue(predict(other).usable());
        StoppedAnywhere.assertSame(stored(learner), stored(other), "" + policy);
      }
    }
  }
}
