// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A block of rows is its rows one by one. */
class OnlineBlockTest {
  private static final int ROWS = 7;

  private final Model model = new Network(NetworkSpec.of(Cell.named("gru"), 2, 5, 2));
  private final RandomStream stream = new RandomStream(5, 1, 2, 1, 0, true);

  private OnlineLearner learner(WeightPolicy policy) {
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(2)))
        .horizons(1, 3)
        .delay(ROWS)
        .truncation(2, 6)
        .policy(policy)
        .warmUp(5)
        .beginAfter(10)
        .build();
  }

  private double[][] inputs(int first) {
    double[][] block = new double[ROWS][];
    Arrays.setAll(block, i -> stream.x(first + i));
    return block;
  }

  private double[][] truths(int first) {
    double[][] block = new double[ROWS][];
    Arrays.setAll(block, i -> stream.truth("a", first + i));
    return block;
  }

  private static long[] times(int first) {
    long[] times = new long[ROWS];
    Arrays.setAll(times, i -> first + i + (first + i > 50 ? 100L : 0));
    return times;
  }

  private static Snapshot stored(OnlineLearner learner) {
    var snapshot = new Snapshot();
    learner.save(snapshot);
    return snapshot;
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void itIsItsRowsOneByOne(WeightPolicy policy) {
    List<double[]> inBlocks = new ArrayList<>();
    List<double[]> oneByOne = new ArrayList<>();
    try (var blocks = learner(policy);
        var rows = learner(policy)) {
      for (int first = 0; first < 20 * ROWS; first += ROWS) {
        blocks.predict("a", times(first), inputs(first), p -> inBlocks.add(values(p)));
        blocks.learn("a", first, truths(first), l -> inBlocks.add(values(l)));
        for (int i = 0; i < ROWS; i++) {
          oneByOne.add(values(rows.predict("a", times(first)[i], inputs(first)[i])));
        }
        for (int i = 0; i < ROWS; i++) {
          oneByOne.add(values(rows.learn("a", first + i, truths(first)[i])));
        }
      }
      assertTrue(rows.counters().updates() > 10, "too few updates");
      assertEquals(oneByOne.size(), inBlocks.size());
      for (int i = 0; i < oneByOne.size(); i++) {
        assertArrayEquals(oneByOne.get(i), inBlocks.get(i), "call " + i);
      }
      StoppedAnywhere.assertSame(stored(rows), stored(blocks), policy.name());
    }
  }

  private static double[] values(Prediction said) {
    return new double[] {said.row(), said.value(0, 0), said.value(0, 1)};
  }

  private static double[] values(Lesson lesson) {
    return new double[] {lesson.row(), lesson.loss(), lesson.gradientNorm(), lesson.error(0, 1)};
  }

  /** What is wrong in its last row leaves nothing of the others behind. */
  @Test
  void aBlockThatIsWrongSomewhereIsRefusedWhole() {
    try (var learner = learner(WeightPolicy.REPLAY)) {
      learner.predict("a", inputs(0), said -> {});
      Snapshot before = stored(learner);
      double[][] longer = inputs(ROWS);
      longer[ROWS - 1] = new double[3];
      assertRefused(() -> learner.predict("a", longer, said -> {}), "3 inputs was given");
      assertRefused(
          () -> learner.predict("a", new long[2], inputs(ROWS), said -> {}), "with 2 times");
      double[][] more = truths(0);
      more[ROWS - 1] = new double[2];
      assertRefused(() -> learner.learn("a", 0, more, lesson -> {}), "given as 2 targets");
      assertRefused(() -> learner.learn("a", -1, truths(0), lesson -> {}), "row -1");
      assertRefused(() -> learner.learn("a", 5, truths(5), lesson -> {}), "row 11");
      learner.predict("a", new double[0][], said -> {});
      learner.learn("a", 99, new double[0][], lesson -> {});
      StoppedAnywhere.assertSame(before, stored(learner), "after what was refused");
    }
  }

  private static void assertRefused(Runnable call, String says) {
    var thrown = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(String.valueOf(thrown.getMessage()).contains(says), thrown.getMessage());
  }
}
