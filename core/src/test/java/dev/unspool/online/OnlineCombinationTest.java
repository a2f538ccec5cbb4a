// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.baseline.OnlineBaselines.Kind;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.score.Prequential.Over;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a learner says together with its baselines. */
class OnlineCombinationTest {
  private static final int[] HORIZONS = {1, 3};
  private static final int ROWS = 300;

  @Test
  void combinesWhatHasBeenSaidByWhatHasComeTrue() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 4, HORIZONS.length));
    var random = new Random(83);
    double[] values = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      values[row] = 50 + 10 * Math.sin(2 * Math.PI * row / 12) + random.nextGaussian();
    }
    var slow = new AverageForecaster[HORIZONS.length];
    Arrays.setAll(slow, _ -> new AverageForecaster(Judge.COMBINED));
    double[][] promised = new double[HORIZONS.length][ROWS + 3];
    double[][] widths = new double[HORIZONS.length][ROWS + 3];
    int[] within = new int[HORIZONS.length];
    double[] wrong = new double[HORIZONS.length];
    double[][] said = new double[HORIZONS.length][Judge.COMBINED];
    try (var learner =
        OnlineLearner.builder(network, network.initialise(new SplitMix64(5)))
            .horizons(HORIZONS)
            .keys(1)
            .season(12)
            .build()) {
      for (int row = 0; row < ROWS; row++) {
        Lesson lesson = learner.learn("", row, new double[] {values[row]});
        for (int h = 0; h < HORIZONS.length && row >= HORIZONS[h]; h++) {
          assertEquals(promised[h][row], lesson.combined(0, h), 0.0, "row " + row);
          double error = values[row] - lesson.combined(0, h);
          assertEquals(error, lesson.combinedError(0, h), 0.0, "row " + row);
          if (row >= ROWS / 2) {
            within[h] += Math.abs(error) <= widths[h][row] ? 1 : 0;
          }
          wrong[h] += Math.abs(values[row] - lesson.combined(0, h));
          said[h][0] = lesson.said(0, h);
          for (Kind kind : Kind.values()) {
            said[h][Judge.forecaster(kind)] = lesson.said(0, h, kind);
          }
          double then = slow[h].of(said[h], 0);
          slow[h].learn(values[row], said[h], 0);
          if (HORIZONS[h] == 1) { // else truths came between
            assertEquals(then, lesson.combined(0, h), 1e-9, "row " + row);
          }
        }
        Prediction prediction = learner.predict("", new double[] {values[row]});
        for (int h = 0; h < HORIZONS.length; h++) {
          double value = prediction.combined(0, h);
          promised[h][row + HORIZONS[h]] = value;
          double width = prediction.combinedUpper(0, h) - value;
          widths[h][row + HORIZONS[h]] = width;
          assertEquals(value - width, prediction.combinedLower(0, h), 1e-9, "row " + row);
        }
      }
      for (int h = 0; h < HORIZONS.length; h++) {
        var score = learner.judge().score(0, h);
        double mae = score.mae(Judge.COMBINED, Over.EVERYTHING);
        assertEquals(wrong[h] / score.count(), mae, 1e-9);
        double share = 2.0 * within[h] / ROWS;
        assertEquals(0.9, share, 0.06, "share of truths in bands");
        assertTrue(mae < score.mae(0, Over.EVERYTHING), "better than a model of few rows: " + mae);
      }
      assertTrue(
          Double.isNaN(learner.predict("", new double[] {Double.NaN}).combined(0, 0)),
          "nothing of a record that cannot be used");
    }
  }

  /** A wrong reading is of no more use to those who remember for long than to the others. */
  @Test
  void aWrongReadingDoesNotSpoilWhatIsSaidTogether() {
    for (Reference reference : Reference.values()) {
      for (double wrong : new double[] {65535, 1e149}) {
        var network = new Network(NetworkSpec.of(Cell.GRU, 1, 4, 1));
        var random = new Random(89);
        double error = 0;
        try (var learner =
            OnlineLearner.builder(network, network.initialise(new SplitMix64(5)))
                .keys(1)
                .relativeTo(reference)
                .build()) {
          for (int row = 0; row < 900; row++) {
            double value =
                row == 700 ? wrong : 10 + Math.sin(0.2 * row) + 0.05 * random.nextGaussian();
            Lesson lesson = learner.learn("", row, new double[] {value});
            if (row >= 720) {
              error += Math.abs(lesson.combinedError(0, 0)) / 180;
            }
            learner.predict("", new double[] {value});
          }
        }
        assertTrue(error < 0.25, "%s, %s: %s".formatted(reference, wrong, error));
      }
    }
  }
}
