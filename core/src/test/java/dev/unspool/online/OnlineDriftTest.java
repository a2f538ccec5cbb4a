// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is done when errors have grown. */
class OnlineDriftTest {
  private static OnlineLearner learner(double factor) {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 4, 1));
    return OnlineLearner.builder(network, network.initialise(new SplitMix64(5)))
        .keys(1)
        .onDrift(factor, 50)
        .build();
  }

  private static void take(OnlineLearner learner, long row, double value) {
    learner.learn("", row, new double[] {value});
    var _ = learner.predict("", new double[] {value});
  }

  @Test
  void theRateIsRaisedForAWhile() {
    var rate = new DriftRate((updates, _) -> 1.0 / (1 + updates), 3, 10);
    assertEquals(0.5, rate.at(1));
    rate.alarm(5);
    assertEquals(0.5, rate.at(5));
    assertEquals(3.0 / 15, rate.at(14));
    var stored = new Snapshot();
    rate.save(stored);
    var later = new DriftRate((updates, _) -> 1.0 / (1 + updates), 3, 10);
    later.load(stored);
    assertEquals(3.0 / 15, later.at(14));
    assertEquals(1.0 / 16, later.at(15));
  }

  /** Until an alarm, and only until then, both are the same. */
  @Test
  void anAlarmRaisesIt() {
    var random = new Random(11);
    try (var usual = learner(1);
        var raised = learner(4)) {
      boolean alarmed = false;
      for (int row = 0; row < 900 && !alarmed; row++) {
        double value = random.nextGaussian() * (row < 600 ? 1 : 8);
        take(usual, row, value);
        take(raised, row, value);
        alarmed = raised.judge().drift(0, 0).alarms() > 0;
        if (!alarmed) {
          assertArrayEquals(
              usual.parameters().values(), raised.parameters().values(), "row " + row);
        }
      }
      assertTrue(alarmed, "no alarm");
      assertFalse(Arrays.equals(usual.parameters().values(), raised.parameters().values()));
    }
  }

  @Test
  void whatIsNoFactorIsRefused() {
    for (double factor : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> learner(factor));
    }
  }
}
