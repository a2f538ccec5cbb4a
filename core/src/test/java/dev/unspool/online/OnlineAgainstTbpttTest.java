// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A single key whose truths come in order is TBPTT(k1, k2), to the bit. */
class OnlineAgainstTbpttTest {
  private static final int ROWS = 40;
  private static final int INPUTS = 3;

  @ParameterizedTest
  @CsvSource({
    "LSTM, 1, 1, 0, AS_APPLIED",
    "LSTM, 1, 5, 0, AS_APPLIED",
    "LSTM, 3, 5, 0, AS_APPLIED",
    "LSTM, 3, 2, 0, AS_APPLIED",
    "LSTM, 3, 3, 1, AS_APPLIED",
    "LSTM, 1, 12, 1, AS_APPLIED",
    "GRU, 1, 7, 1, AS_APPLIED",
    "GRU, 3, 7, 1, AS_APPLIED",
    "LSTM, 1, 5, 1, CURRENT",
    "LSTM, 3, 5, 0, CURRENT",
    "LSTM, 1, 5, 0, REPLAY",
    "LSTM, 3, 9, 0, REPLAY",
    "GRU, 1, 4, 0, REPLAY"
  })
  void isTbptt(Cell cell, int k1, int k2, int horizon, WeightPolicy policy) {
    long seed = 7;
    var network = new Network(NetworkSpec.of(cell, INPUTS, 9, 2).withLayers(2));
    Parameters theta = network.initialise(new SplitMix64(seed));
    Parameters other = theta.copy();
    var random = new SplitMix64(seed + 1);
    double[][] x = new double[ROWS][INPUTS];
    double[][] y = new double[ROWS + horizon][2];
    fill(x, random);
    fill(y, random);
    var learner =
        OnlineLearner.builder(network, theta)
            .horizons(horizon)
            .truncation(k1, k2)
            .policy(policy)
            .keys(1)
            .inputs(Scaling.none())
            .targets(Scaling.none())
            .learningRate(LearningRate.constant(1e-2))
            .clipping(Clipping.byNorm(0.3))
            .build();
    var engine =
        Tbptt.builder(network, other)
            .truncation(k1, k2)
            .loss(new MeanSquaredError())
            .weightPolicy(policy)
            .build();
    try (learner;
        engine) {
      var optimizer = new Adam().bind(other);
      var block = Block.allocate(1, 1, INPUTS, 2);
      for (int t = 0; t < ROWS; t++) {
        Prediction p = learner.predict("", x[t]);
        set(block, x[t], y[t + horizon]);
        engine.forward(block);
        for (int target = 0; target < 2; target++) {
          double expected = engine.outputs(1).get(0, 0, target);
          if (policy != WeightPolicy.REPLAY) { // there, the newest state is of the last sweep
            assertEquals(expected, p.value(target, 0), 0.0, "row " + t);
          }
        }
        Lesson lesson = learner.learn("", y[t + horizon]);
        assertEquals(t + horizon, lesson.row());
        assertEquals(engine.sweepIsDue(), lesson.updated());
        if (engine.sweepIsDue()) {
          double loss = engine.sweep().value();
          assertEquals(Clipping.byNorm(0.3).apply(engine.gradient()), lesson.gradientNorm());
          assertEquals(loss, lesson.loss());
          optimizer.step(engine.gradient(), 1e-2);
          engine.parametersChanged();
        }
        assertArrayEquals(other.values(), theta.values(), "row " + t);
      }
    }
  }

  private static void fill(double[][] rows, SplitMix64 random) {
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextDouble(-1, 1);
      }
    }
  }

  private static void set(Block block, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      block.inputs().set(0, 0, i, (float) x[i]);
    }
    for (int i = 0; i < y.length; i++) {
      block.targets().set(0, 0, i, (float) y[i]);
    }
  }
}
