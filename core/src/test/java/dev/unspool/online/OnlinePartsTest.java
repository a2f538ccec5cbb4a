// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of two targets that are told one after the other. */
class OnlinePartsTest {
  private static final int ROWS = 40;
  private static final double NOTHING = Double.NaN;

  private static OnlineLearner learner(int k1, int delay) {
    Model model = new Network(NetworkSpec.of(Cell.GRU, 1, 4, 4));
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(3)))
        .horizons(1, 3)
        .delay(delay)
        .truncation(k1, 5)
        .warmUp(0)
        .inputs(Scaling.none())
        .targets(Scaling.none())
        .build();
  }

  private static void first(OnlineLearner learner, long row) {
    learner.learn("a", row, new double[] {Math.sin(row), NOTHING});
  }

  private static void second(OnlineLearner learner, long row) {
    learner.learn("a", row, new double[] {NOTHING, Math.cos(row)});
  }

  private static void predict(OnlineLearner learner) {
    learner.predict("a", new double[] {learner.rows("a") % 7});
  }

  /** A row is one of the k1 once, however many parts it comes in, and however late they are. */
  @ParameterizedTest
  @CsvSource({"4, 0, 0", "4, 2, 2", "1, 0, 0", "1, 2, 2", "3, 3, 3", "7, 5, 1"})
  void aRowToldInPartsIsOneRow(int k1, int delay, int later) {
    try (var whole = learner(k1, delay);
        var parts = learner(k1, delay)) {
      for (int row = 0; row < ROWS; row++) {
        whole.learn("a", row, new double[] {Math.sin(row), Math.cos(row)});
        first(parts, row);
        if (row >= later) {
          second(parts, row - later);
        }
        predict(whole);
        predict(parts);
      }
      // Nobody has said anything of row 0.
      assertEquals((ROWS - 1) / k1, whole.counters().updates());
      assertEquals(whole.counters().updates(), parts.counters().updates());
    }
  }

  /** Whatever comes first: here each row by a target of its own, the others behind it. */
  @Test
  void theFirstPartCountsWhicheverItIs() {
    try (var learner = learner(4, 1)) {
      for (int row = 0; row < ROWS; row++) {
        for (int turn = 0; turn < 6; turn++) {
          if ((row + turn) % 2 == 0) {
            first(learner, row);
          } else {
            second(learner, row);
          }
        }
        predict(learner);
      }
      assertEquals((ROWS - 1) / 4, learner.counters().updates());
    }
  }

  /** Stopped between two parts of a row; an older snapshot does not say which rows were told. */
  @Test
  void itGoesOnBetweenTwoParts() {
    var snapshot = new Snapshot();
    try (var learner = learner(2, 1)) {
      for (int row = 0; row < 10; row++) {
        first(learner, row);
        predict(learner);
      }
      first(learner, 10);
      learner.save(snapshot);
      assertEquals(5, learner.counters().updates());
    }
    var older = new Snapshot();
    snapshot
        .entries()
        .forEach(
            (name, entry) -> {
              if (name.endsWith("waiting.firsts")) {
                older.put(name, Arrays.copyOf(snapshot.longs(name), 3 + 1 + 2)); // one a slot
              } else {
                older.put(name, entry);
              }
            });
    for (Snapshot from : new Snapshot[] {snapshot, older}) {
      try (var learner = learner(2, 1)) {
        learner.load(from);
        second(learner, 10);
        predict(learner);
        first(learner, 11);
        long rows = from == older ? 12 : 11; // there, row 10 counts once more
        assertEquals(rows / 2, learner.counters().updates());
      }
    }
  }
}
