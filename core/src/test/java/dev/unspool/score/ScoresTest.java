// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Scores against their definitions, computed another way. */
final class ScoresTest {
  @Test
  void errorsAreAddedUp() {
    var sums = new ErrorSums();
    sums.add(3, 1);
    sums.add(0, 4);
    sums.add(7, Double.NaN);
    sums.add(1, 0);
    assertEquals(3, sums.count());
    assertEquals(Math.sqrt(21 / 3.0), sums.rmse());
    assertEquals(7 / 3.0, sums.mae());
    assertEquals(7 / 5.0, sums.relative());
    sums.add(Double.NaN, 1);
    assertTrue(Double.isNaN(sums.rmse()), "a prediction that is no number is an error");
    assertTrue(Double.isNaN(new ErrorSums().mae()));
  }

  @Test
  void theUnitOfMaseIsTheErrorOfAnEarlierValue() {
    double[] y = {1, 4, 2, Double.NaN, 7, 9};
    assertEquals((3 + 2 + 2) / 3.0, NaiveScale.of((row, _) -> y[(int) row], 0, 0, 6, 1));
    assertEquals((1 + 5) / 2.0, NaiveScale.of((row, _) -> y[(int) row], 0, 0, 5, 2));
    assertTrue(Double.isNaN(NaiveScale.of((row, _) -> y[(int) row], 0, 0, 2, 4)));
  }

  @Test
  void aQuantileMakesThePinballLossSmallest() {
    assertEquals(0.9 * 2, Distributions.pinball(0.9, 1, 3), 1e-15);
    assertEquals(0.1 * 2, Distributions.pinball(0.9, 3, 1), 1e-15);
    assertEquals(0, Distributions.pinball(0.9, 3, 3));
  }

  @Test
  void crpsOfAGaussianIsTheIntegralOfSquaredDifferences() {
    for (double truth : new double[] {-4, 0.3, 1, 2.5, 30}) {
      DoubleUnaryOperator density =
          x -> Math.exp(-(x - 1) * (x - 1) / 8) / (2 * Math.sqrt(2 * Math.PI));
      double cumulated = 0;
      double sum = 0;
      double dx = 1e-3;
      for (double x = -20; x < 60; x += dx) {
        cumulated += density.applyAsDouble(x + dx / 2) * dx;
        double step = x + dx / 2 >= truth ? 1 : 0;
        sum += (cumulated - step) * (cumulated - step) * dx;
      }
      assertEquals(sum, Distributions.crpsOfGaussian(1, 2, truth), 2e-3, "truth " + truth);
    }
    assertEquals(3, Distributions.crpsOfGaussian(1, 0, 4));
    // of a standard normal at its mean: 2φ(0) − 1/√π
    assertEquals(0.23369497725510933, Distributions.crpsOfGaussian(0, 1, 0), 1e-14);
  }

  @Test
  void theNormalDistributionIsThatOfTheTables() {
    assertEquals(0.5, Distributions.normal(0));
    assertEquals(0.975, Distributions.normal(1.959963984540054), 1e-14);
    assertEquals(0.05, Distributions.normal(-1.6448536269514722), 1e-14);
    assertEquals(1 - 9.865876450376946e-10, Distributions.normal(6), 1e-15);
    assertEquals(0, Distributions.normal(-40));
  }

  @Test
  void crpsOfSamplesIsThatOfAllPairs() {
    var random = new Random(4);
    double[] samples = random.doubles(57, -1, 5).toArray();
    double distance = 0;
    double spread = 0;
    for (double a : samples) {
      distance += Math.abs(a - 2.2) / samples.length;
      for (double b : samples) {
        spread += Math.abs(a - b) / samples.length / samples.length;
      }
    }
    assertEquals(distance - spread / 2, Distributions.crpsOfSamples(samples, 2.2), 1e-13);
    assertEquals(2, Distributions.crpsOfSamples(new double[] {3}, 5));
  }

  @Test
  void crpsOfManyQuantilesIsThatOfTheDistribution() {
    int n = 999;
    double[] levels = new double[n];
    double[] quantiles = new double[n];
    for (int i = 0; i < n; i++) {
      levels[i] = (i + 1.0) / (n + 1);
      quantiles[i] = 3 * levels[i]; // uniform on 0 to 3
    }
    // ∫ (F − 1{x ≥ y})² dx of that: y³/27 + (3 − y)³/27
    assertEquals((1 + 8) / 27.0, Distributions.crpsOfQuantiles(levels, quantiles, 1), 1e-5);
    assertEquals(
        Math.abs(4 - 1.0),
        Distributions.crpsOfQuantiles(new double[] {0.5}, new double[] {1}, 4) * 2,
        1e-12,
        "a median alone shows half of it");
    assertThrows(
        IllegalArgumentException.class,
        () -> Distributions.crpsOfQuantiles(new double[] {0.5}, new double[2], 1));
  }

  @Test
  void coverageCountsEndsAndSkipsWhatIsMissing() {
    var coverage = new Coverage();
    coverage.add(0, 2, 2);
    coverage.add(0, 2, 0);
    coverage.add(0, 2, 3);
    coverage.add(0, 6, 3);
    coverage.add(0, 2, Double.NaN);
    assertEquals(4, coverage.count());
    assertEquals(0.75, coverage.share());
    assertEquals(3, coverage.width());
  }
}
