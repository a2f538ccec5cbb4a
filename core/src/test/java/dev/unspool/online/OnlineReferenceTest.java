// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.baseline.OnlineBaselines.Kind;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.score.Prequential.Over;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a model's outputs are relative to. */
class OnlineReferenceTest {
  private static final int[] HORIZONS = {1, 3};
  private static final int ROWS = 400;

  private static double[] values() {
    var random = new Random(19);
    double[] values = new double[ROWS];
    double left = 0;
    for (int row = 0; row < ROWS; row++) {
      left = 0.9 * left + random.nextGaussian();
      values[row] = 50 + 10 * Math.sin(2 * Math.PI * row / 12) + left;
    }
    return values;
  }

  private static LearnerBuilder builder(Network network) {
    return OnlineLearner.builder(network, network.initialise(new SplitMix64(5)))
        .horizons(HORIZONS)
        .keys(1)
        .season(12)
        .relativeTo(Reference.BASELINES);
  }

  /** A model that says nothing says what the baselines say, weighted by how good they were. */
  @Test
  void withoutOutputsItIsWhatTheBaselinesSayTogether() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 4, HORIZONS.length));
    double[] values = values();
    var slow = new AverageForecaster[HORIZONS.length];
    Arrays.setAll(slow, _ -> new AverageForecaster(Kind.values().length));
    double[] said = new double[Kind.values().length];
    double[][] model = new double[HORIZONS.length][ROWS + 3];
    try (var learner = builder(network).learningRate(LearningRate.constant(1e-30)).build()) {
      Arrays.fill(learner.parameters().values(), 0);
      for (int row = 0; row < ROWS; row++) {
        Lesson lesson = learner.learn("", row, new double[] {values[row]});
        for (int h = 0; h < HORIZONS.length && row >= HORIZONS[h]; h++) {
          for (Kind kind : Kind.values()) {
            said[kind.ordinal()] = lesson.said(0, h, kind);
          }
          if (HORIZONS[h] == 1 && row > 100) { // of the others truths came between
            assertEquals(slow[h].of(said, 0), model[h][row], 1e-9, "row " + row);
          }
          slow[h].learn(values[row], said, 0);
        }
        Prediction prediction = learner.predict("", new double[] {values[row]});
        for (int h = 0; h < HORIZONS.length; h++) {
          model[h][row + HORIZONS[h]] = prediction.value(0, h);
        }
      }
    }
  }

  @Test
  void itLearnsFromThereAndGoesOnToTheBit() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 4, HORIZONS.length));
    double[] values = values();
    try (var learner = builder(network).build()) {
      for (int row = 0; row < ROWS; row++) {
        learner.learn("", row, new double[] {values[row]});
        var _ = learner.predict("", new double[] {values[row]});
      }
      var score = learner.judge().score(0, 0);
      double ours = score.mae(0, Over.EVERYTHING);
      double season = score.mae(Judge.forecaster(Kind.SEASON), Over.EVERYTHING);
      assertTrue(ours < 0.8 * season, "%s, the season %s".formatted(ours, season));
    }
    var stream = new RandomStream(7, 3, 1, 1, 2, true);
    StoppedAnywhere.check(
        () -> builder(network).keys(3).delay(2).warmUp(8).build(), stream, 120, 8);
  }
}
