// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.train.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
  private static final int STEPS = 23;
  private static final int LANES = 2;

  private final Network network =
      new Network(NetworkSpec.of(Cell.LSTM, 2, 4, 1).withLayers(2).withDropout(0.4f));
  private final Parameters theta = network.initialise(new SplitMix64(5));

  private static RandomSource source() {
    return new RandomSource(STEPS, LANES, 9).masking(step -> step >= 4 && step < 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 23, 100})
  void isTheWeightedMeanWhateverTheBlocks(int blockSteps) {
    double sum = 0;
    double total = 0;
    float[] expected = new float[STEPS * LANES];
    try (var predictor = new Predictor(network, theta, LANES);
        var source = source()) {
      var block = Block.allocate(1, LANES, 2, 1);
      for (int t = 0; source.read(block, 1) == 1; t++) {
        for (int lane = 0; lane < LANES; lane++) {
          if (block.events().begins(0, lane)) {
            predictor.reset(lane);
          }
        }
        float[] outputs = predictor.step(block.inputs().values());
        for (int lane = 0; lane < LANES; lane++) {
          double error = outputs[lane] - block.targets().get(0, lane, 0);
          double weight = block.mask().get(0, lane, 0);
          sum += weight * error * error;
          total += weight;
          expected[t * LANES + lane] = outputs[lane];
        }
      }
    }
    float[] found = new float[STEPS * LANES];
    int[] at = {0};
    try (var source = source()) {
      var evaluation =
          Evaluation.run(
              network,
              theta,
              source,
              new MeanSquaredError(),
              blockSteps,
              (block, outputs) -> {
                assertEquals(block.steps(), outputs.steps());
                System.arraycopy(outputs.values(), outputs.offset(), found, at[0], outputs.size());
                at[0] += outputs.size();
              });
      assertEquals(sum / total, evaluation.loss(), 1e-6);
      assertEquals(total, evaluation.weight(), 1e-9);
    }
    assertArrayEquals(expected, found, 1e-6f);
    assertEquals(STEPS * LANES, at[0]);
  }

  @Test
  void evaluatesTheRestOfASource() {
    try (var source = source()) {
      Evaluation.run(network, theta, source, new MeanSquaredError(), 4);
      var nothing = Evaluation.run(network, theta, source, new MeanSquaredError(), 4);
      assertEquals(0, nothing.weight());
      assertTrue(Double.isNaN(nothing.loss()));
      source.rewind();
      assertTrue(Evaluation.run(network, theta, source, new MeanSquaredError(), 4).weight() > 0);
    }
  }

  @Test
  void whatCountsNothingIsNoLoss() {
    try (var source = new RandomSource(STEPS, LANES, 9).masking(_ -> true)) {
      var evaluation = Evaluation.run(network, theta, source, new MeanSquaredError(), 4);
      assertEquals(0, evaluation.weight());
      assertTrue(Double.isNaN(evaluation.loss()));
    }
  }

  @Test
  void changesNothing() {
    float[] before = theta.values().clone();
    try (var source = source()) {
      Evaluation.run(network, theta, source, new MeanSquaredError(), 4);
    }
    assertArrayEquals(before, theta.values());
  }
}
