// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.unspool.model.SplitMix64;
import org.junit.jupiter.api.Test;

/** Standard errors and prediction intervals, also where the data leave something open. */
class UncertaintyTest {
  private static final StopRules MANY = StopRules.iterations(500);

  @Test
  void quantilesOfStudentsDistribution() {
    assertEquals(12.7062, StudentT.quantile(0.975, 1), 1e-3);
    assertEquals(2.17881, StudentT.quantile(0.975, 12), 1e-4);
    assertEquals(2.22814, StudentT.quantile(0.975, 10), 1e-4);
    assertEquals(1.65657, StudentT.quantile(0.95, 131), 1e-4);
    assertEquals(1.95996, StudentT.quantile(0.975, 1_000_000), 1e-4);
    assertEquals(0, StudentT.quantile(0.5, 7), 1e-9);
  }

  @Test
  void predictionIntervalsCoverAsOftenAsTheySay() {
    var random = new SplitMix64(3);
    int covered = 0;
    int trials = 2000;
    for (int trial = 0; trial < trials; trial++) {
      double[] y = new double[12];
      for (int i = 0; i < y.length; i++) {
        y[i] = 2 + 0.5 * i + random.nextGaussian();
      }
      var line =
          new Problem(
              2,
              12,
              (theta, into) -> {
                for (int i = 0; i < 12; i++) {
                  into[i] = theta[0] + theta[1] * i - y[i];
                }
              });
      var result = LevenbergMarquardt.with(MANY).fit(line, new double[2]);
      var uncertainty = Uncertainty.of(line, result.theta());
      assertNotNull(uncertainty);
      double half = uncertainty.predictionHalfWidth(new double[] {1, 15}, 0, 0.9);
      double predicted = result.theta()[0] + 15 * result.theta()[1];
      covered += Math.abs(2 + 0.5 * 15 + random.nextGaussian() - predicted) < half ? 1 : 0;
    }
    assertEquals(0.9, covered / (double) trials, 0.02);
  }

  /** As the two biases of an LSTM: predictions are as sure as with one parameter for both. */
  @Test
  void twoParametersOfWhichOnlyTheSumIsSeen() {
    double[] noise = {0.3, -0.1, 0.2, -0.4, 0.1, -0.2};
    var single = new Problem(2, 6, (theta, into) -> line(theta[0], theta[1], noise, into));
    var twice =
        new Problem(3, 6, (theta, into) -> line(theta[0] + theta[2], theta[1], noise, into));
    var method = LevenbergMarquardt.with(MANY);
    var expected = Uncertainty.of(single, method.fit(single, new double[2]).theta());
    var found = Uncertainty.of(twice, method.fit(twice, new double[3]).theta());
    assertNotNull(expected);
    assertNotNull(found);
    assertEquals(2, found.rank());
    assertEquals(4, found.degreesOfFreedom());
    assertEquals(expected.sigma(), found.sigma(), 1e-9);
    assertEquals(expected.standardErrors()[1], found.standardErrors()[1], 1e-9);
    assertEquals(Double.POSITIVE_INFINITY, found.standardErrors()[0]);
    assertEquals(Double.POSITIVE_INFINITY, found.standardErrors()[2]);
    assertEquals(
        expected.predictionHalfWidth(new double[] {1, 9}, 0, 0.9),
        found.predictionHalfWidth(new double[] {1, 9, 1}, 0, 0.9),
        1e-9);
    double unseen = found.predictionHalfWidth(new double[] {1, 9, 0}, 0, 0.9);
    assertEquals(Double.POSITIVE_INFINITY, unseen);
  }

  private static void line(double constant, double slope, double[] noise, double[] into) {
    for (int i = 0; i < noise.length; i++) {
      into[i] = constant + slope * i - 2 - 0.5 * i - noise[i];
    }
  }

  @Test
  void nothingIsSureOfAsManyResidualsAsParameters() {
    var rosenbrock =
        new Problem(
            2,
            2,
            (theta, into) -> {
              into[0] = 10 * (theta[1] - theta[0] * theta[0]);
              into[1] = 1 - theta[0];
            });
    assertNull(Uncertainty.of(rosenbrock, new double[] {1, 1}));
  }
}
