// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.LearningRate;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that come and go, whatever they are called. */
class OnlineKeysTest {
  private final Model model = new Network(NetworkSpec.of(Cell.named("mingru"), 2, 5, 2));

  private LearnerBuilder builder() {
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(6)))
        .horizons(1, 3)
        .delay(1)
        .truncation(2, 4);
  }

  private OnlineLearner learner(String how, int keys) {
    var builder =
        builder()
            .keys(keys)
            .lanes(2)
            .inputs(Scaling.fixed(new double[] {100, 100}, new double[] {10, 10}))
            .targets(Scaling.fixed(new double[] {20}, new double[] {3}))
            .learningRate(LearningRate.constant(0));
    return (how.equals("RTRL") ? builder.rtrl() : builder.policy(WeightPolicy.valueOf(how)))
        .build();
  }

  /** Where weights stay, a key is as if it were alone, from when it has come on. */
  @ParameterizedTest
  @CsvSource({"AS_APPLIED", "CURRENT", "REPLAY", "RTRL"})
  void eachIsAsIfItWereAlone(String how) {
    long seed = 21;
    var stream = new RandomStream(seed, 5, 2, 1, 1, true);
    var alone = new LinkedHashMap<String, OnlineLearner>(16, 0.75f, true);
    int forgotten = 0;
    try (var together = learner(how, 3)) {
      for (int i = 0; i < 400; i++) {
        String key = stream.key(i - i % 3); // turns of three
        if (!alone.containsKey(key) && alone.size() == 3) {
          alone.pollFirstEntry().getValue().close();
          forgotten++;
        }
        OnlineLearner one = alone.computeIfAbsent(key, _ -> learner(how, 1));
        assertEquals(one.rows(key), together.rows(key), "record " + i);
        if (stream.begins(i)) {
          one.begin(key);
          together.begin(key);
        }
        for (long row : stream.due(one.rows(key))) {
          double[] y = stream.truth(key, row);
          Lesson expected = one.learn(key, row, y);
          Lesson found = together.learn(key, row, y);
          assertEquals(expected.updated(), found.updated(), "record " + i);
          assertEquals(expected.gradientNorm(), found.gradientNorm(), "record " + i);
          assertEquals(expected.error(0, 1), found.error(0, 1), "record " + i);
        }
        Prediction expected = one.predict(key, stream.x(i));
        Prediction found = together.predict(key, stream.x(i));
        assertEquals(expected.value(0, 0), found.value(0, 0), "record " + i);
        assertEquals(expected.value(0, 1), found.value(0, 1), "record " + i);
      }
      assertEquals(forgotten, together.counters().forgottenKeys());
      assertTrue(together.counters().updates() > 20, together.counters()::toString);
      assertTrue(forgotten > 10, "only " + forgotten + " were forgotten");
    }
    alone.values().forEach(OnlineLearner::close);
  }

  @Test
  void namesThatLookAlikeStayApart() {
    var names =
        List.of("", " ", "?", "\ud800", "\udc00", "\ud800\udc00", "\u0000", "a".repeat(100_000));
    var snapshot = new Snapshot();
    try (var learner = builder().build()) {
      for (int i = 0; i < names.size(); i++) {
        for (int row = 0; row <= i; row++) {
          learner.predict(names.get(i), new double[2]);
        }
      }
      learner.save(snapshot);
    }
    try (var learner = builder().build()) {
      learner.load(snapshot);
      assertEquals(names.size(), learner.keys());
      for (int i = 0; i < names.size(); i++) {
        assertEquals(i + 1, learner.rows(names.get(i)), "name " + i);
      }
    }
    try (var fewer = builder().keys(3).policy(WeightPolicy.REPLAY).build()) {
      fewer.load(snapshot);
      assertEquals(3, fewer.keys());
      assertEquals(names.size() - 3, fewer.counters().forgottenKeys());
      assertEquals(names.size(), fewer.rows(names.getLast()));
    }
  }

  @Test
  void whoIsNotKnownHasNothingToBeTold() {
    try (var learner = builder().keys(1).build()) {
      learner.predict("a", new double[2]);
      assertThrows(IllegalStateException.class, () -> learner.learn("b", new double[1]));
      assertThrows(
          IllegalArgumentException.class, () -> learner.learn("b", 4_000_000_000L, new double[1]));
      assertThrows(
          IllegalArgumentException.class, () -> learner.learn("a", Long.MAX_VALUE, new double[1]));
      assertEquals(1, learner.rows("a"), "it was forgotten for one that is refused");
    }
  }

  /** Whoever tells a key that has left is told so, and how many may stay. */
  @Test
  void whatIsToldOfAForgottenKeySaysSo() {
    try (var learner = builder().keys(2).build()) {
      double[] y = {1};
      assertSays(
          IllegalArgumentException.class,
          () -> learner.learn("b", 9, y),
          "the truth of row 9 of 'b' has come, expected one of rows 0 to 3: 0 were predicted from");
      assertSays(
          IllegalStateException.class,
          () -> learner.learn("b", y),
          "no row of 'b' waits for its truth: nothing was predicted of it");
      for (String key : List.of("a", "a", "a", "a", "a", "b", "c")) {
        learner.predict(key, new double[2]);
      }
      String forgotten =
          "; if there were more, the key was forgotten: no more than 2 are kept, 1 have left so far";
      assertSays(
          IllegalArgumentException.class,
          () -> learner.learn("a", 5, y),
          "the truth of row 5 of 'a' has come, expected one of rows 0 to 3: 0 were predicted from"
              + forgotten);
      assertSays(
          IllegalStateException.class,
          () -> learner.learn("a", y),
          "no row of 'a' waits for its truth: nothing was predicted of it" + forgotten);
      assertSays(
          IllegalArgumentException.class,
          () -> learner.learn("a", 4, new double[][] {y, y}, lesson -> {}),
          "the truth of row 4 of 'a' has come, expected one of rows 0 to 3: 0 were predicted from"
              + forgotten);
      assertEquals(1, learner.rows("b"), "it was forgotten for one that is refused");
    }
  }

  private static void assertSays(
      Class<? extends RuntimeException> expected, Executable call, String says) {
    assertEquals(says, assertThrows(expected, call).getMessage());
  }

  /** A number passes over the rows before it; what is told in turn goes on behind it. */
  @Test
  void rowsThatWerePassedOverAreToldByNumber() {
    try (var learner = builder().build()) {
      double[] y = {1};
      for (int row = 0; row < 5; row++) {
        learner.predict("a", new double[2]);
      }
      assertEquals(4, learner.learn("a", 4, y).row());
      assertEquals(5, learner.learn("a", y).row());
      assertEquals(2, learner.learn("a", 2, y).row());
      assertEquals(6, learner.learn("a", y).row());
      assertEquals(7, learner.learn("a", y).row());
      assertSays(
          IllegalStateException.class,
          () -> learner.learn("a", y),
          "no row of 'a' waits for its truth: the truths of all that were predicted are known, or"
              + " were passed over");
    }
  }

  /** Rows are told in their order, over gaps and beginnings, and never one that is not due. */
  @Test
  void rowsAreToldInTheirOrder() {
    try (var learner = builder().build()) {
      double[] y = {1};
      learner.begin("a");
      assertThrows(IllegalStateException.class, () -> learner.learn("a", y));
      learner.predict("a", new double[2]);
      for (int row = 1; row <= 3; row++) {
        assertEquals(row, learner.learn("a", y).row());
      }
      assertThrows(IllegalStateException.class, () -> learner.learn("a", y));
      for (int row = 1; row <= 4; row++) {
        learner.predict("a", new double[2]);
      }
      assertEquals(4, learner.learn("a", y).row());
      learner.begin("a");
      assertThrows(IllegalStateException.class, () -> learner.learn("a", y));
      learner.predict("a", new double[2]); // row 5 begins anew: nobody has predicted it
      assertEquals(6, learner.learn("a", y).row());
    }
  }
}
