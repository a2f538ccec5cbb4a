// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.model.Workers;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where weights stay as they are, it does not matter how a key is remembered: also when truths are
 * silent for longer than any window, and whatever a model would draw at random in training.
 */
class OnlineSilenceTest {
  private static final int ROWS = 300;

  private static OnlineLearner learner(Model model, int delay, int k2, WeightPolicy policy) {
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(4)))
        .horizons(1, 2)
        .delay(delay)
        .truncation(1, k2)
        .policy(policy)
        .warmUp(3)
        .learningRate(LearningRate.constant(0))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "lstm, 0, 5, false",
    "gru, 4, 2, false",
    "lstm:zoneout=0.3, 1, 6, true",
    "gru:recurrent-dropout=0.4:input-dropout=0.2:redraw=3, 0, 7, false"
  })
  void aWindowThatRunsAgainIsTheOneThatRan(String cell, int delay, int k2, boolean learned) {
    var spec = NetworkSpec.of(Cell.named(cell), 1, 5, 2).withLayers(2).withDropout(0.5f);
    Model model = new Network(learned ? spec.withLearnedInitialState() : spec);
    int sweeps = 0;
    try (var applied = learner(model, delay, k2, WeightPolicy.AS_APPLIED);
        var again = learner(model, delay, k2, WeightPolicy.REPLAY)) {
      for (int row = 0; row < ROWS; row++) {
        double[] y = {row % 60 > 50 || row < 20 ? Math.sin(0.7 * row) : Double.NaN};
        if (row % 97 == 96) {
          applied.begin("a");
          again.begin("a");
        }
        if (row >= delay) {
          Lesson one = applied.learn("a", row - delay, y);
          Lesson other = again.learn("a", row - delay, y);
          assertEquals(one.updated(), other.updated(), "row " + row);
          assertEquals(one.loss(), other.loss(), "row " + row);
          assertEquals(one.gradientNorm(), other.gradientNorm(), "row " + row);
          sweeps += one.updated() ? 1 : 0;
        }
        double[] x = {Math.cos(0.3 * row)};
        Prediction one = applied.predict("a", x);
        Prediction other = again.predict("a", x);
        assertEquals(one.value(0, 0), other.value(0, 0), "row " + row);
        assertEquals(one.value(0, 1), other.value(0, 1), "row " + row);
      }
    }
    assertTrue(sweeps > 25, "only " + sweeps + " sweeps");
  }

  /** Keeps what it is given, and changes nothing. */
  private static final class Kept implements Optimizer {
    private final List<float[]> gradients = new ArrayList<>();

    @Override
    public Bound bind(Parameters theta, Workers workers) {
      return new Bound() {
        @Override
        public void step(Gradient gradient, double rate) {
          gradients.add(gradient.values().clone());
        }

        @Override
        public void save(Snapshot snapshot) {}

        @Override
        public void load(Snapshot snapshot) {}
      };
    }
  }

  /** A single truth that others never join: it is learned from before it would be forgotten. */
  @ParameterizedTest
  @CsvSource({"1, AS_APPLIED", "3, AS_APPLIED", "2, CURRENT"})
  void aTruthThatWaitsLongIsLearnedFromAsDeeply(int k2, WeightPolicy policy) {
    Model model = new Network(NetworkSpec.of(Cell.GRU, 1, 5, 1));
    var gradients = new ArrayList<float[]>();
    for (int k1 : new int[] {1, 6}) {
      var kept = new Kept();
      var builder =
          OnlineLearner.builder(model, model.initialise(new SplitMix64(4)))
              .truncation(k1, k2)
              .policy(policy)
              .optimizer(kept)
              .inputs(Scaling.none())
              .targets(Scaling.none());
      try (var learner = builder.build()) {
        for (int row = 0; row < 40; row++) {
          learner.learn("a", row, new double[] {row == 20 ? 3 : Double.NaN});
          learner.predict("a", new double[] {Math.cos(row)});
        }
      }
      assertEquals(1, kept.gradients.size(), "sweeps at k1 = " + k1);
      gradients.addAll(kept.gradients);
    }
    assertArrayEquals(gradients.getFirst(), gradients.getLast(), 1e-6f);
  }
}
