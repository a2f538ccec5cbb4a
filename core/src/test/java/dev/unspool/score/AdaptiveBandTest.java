// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdaptiveBandTest {
  @Test
  void theOffsetIsTheRankThatVovkSays() {
    var band = new AdaptiveBand(0.9, 100);
    assertTrue(Double.isNaN(band.offset()));
    for (int score = 19; score >= 1; score--) {
      band.calibrate(score);
    }
    assertEquals(18, band.offset(), "the ⌈20 · 0.9⌉-th smallest of 19");
    band.calibrate(0.5);
    assertEquals(18, band.offset(), "the ⌈21 · 0.9⌉ = 19-th of 20");
    band.calibrate(Double.NaN);
    assertEquals(20, band.count());
  }

  @Test
  void ofTooFewScoresItIsTheLargest() {
    var band = new AdaptiveBand(0.9, 100);
    band.calibrate(3);
    band.calibrate(2);
    assertEquals(3, band.offset());
  }

  @Test
  void theOldestScoresLeave() {
    var random = new Random(1);
    var band = new AdaptiveBand(0.7, 37);
    var kept = new ArrayList<Double>();
    for (int i = 0; i < 500; i++) {
      double score = Math.floor(20 * random.nextDouble()); // often the same
      band.calibrate(score);
      kept.add(score);
      List<Double> newest = kept.subList(Math.max(0, kept.size() - 37), kept.size());
      int rank = (int) Math.ceil((newest.size() + 1) * 0.7 - 1e-9);
      double expected = newest.stream().sorted().toList().get(Math.min(rank, newest.size()) - 1);
      assertEquals(expected, band.offset(), "after " + i);
    }
  }

  /** The definition, from all that has come: also of scores that are infinite, -0, or unknown. */
  @Test
  void alphaGivesWayAsGibbsAndCandesSay() {
    long seed = 83;
    var random = new Random(seed);
    int window = 53;
    var band = new AdaptiveBand(0.8, window);
    var kept = new ArrayList<Double>();
    double alpha = 1 - 0.8;
    for (int i = 0; i < 5000; i++) {
      double score =
          switch (random.nextInt(40)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> -0.0;
            case 3 -> 0.0;
            default -> Math.floor(i / 1000 * 3 * random.nextGaussian());
          };
      double offset = band.offset();
      if (Double.isNaN(offset)) {
        band.calibrate(score);
      } else {
        band.observe(score, offset);
        alpha += Double.isNaN(score) ? 0 : 0.005 * (1 - 0.8 - (score > offset ? 1 : 0));
      }
      if (!Double.isNaN(score)) {
        kept.add(score);
      }
      var newest = kept.subList(Math.max(0, kept.size() - window), kept.size());
      if (!newest.isEmpty()) {
        int size = newest.size();
        int rank = (int) Math.ceil((size + 1) * (1 - Math.clamp(alpha, 0, 1)) - 1e-9);
        double expected = newest.stream().sorted().toList().get(Math.clamp(rank, 1, size) - 1);
        assertEquals(expected, band.offset(), "row " + i + ", seed " + seed);
      }
    }
  }

  @Test
  void aTruthIsScoredByHowFarItIsOutside() {
    assertEquals(0.5, AdaptiveBand.score(1, 1, 4, 3));
    assertEquals(0.5, AdaptiveBand.score(1, 1, 4, -1));
    assertEquals(-1, AdaptiveBand.score(0, 5, 1, 4), "within quantiles");
    assertTrue(Double.isNaN(AdaptiveBand.score(0, 5, 1, Double.NaN)));
  }

  /**
   * Angelopoulos and Bates 2021, section 3: calibrated once, coverage is that of a beta variable.
   */
  @Test
  void whatIsLikeTheCalibrationIsCovered() {
    var random = new Random(7);
    double covered = 0;
    int trials = 2000;
    for (int trial = 0; trial < trials; trial++) {
      var band = new AdaptiveBand(0.8, 1000);
      for (int i = 0; i < 24; i++) {
        band.calibrate(Math.abs(random.nextGaussian()));
      }
      covered += Math.abs(random.nextGaussian()) <= band.offset() ? 1 : 0;
    }
    assertEquals(0.8, covered / trials, 4 * Math.sqrt(0.16 / trials));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 24})
  void whatDriftsIsCoveredTooThoughItComesLate(int late) {
    var random = new Random(11);
    double[] spread = {1};
    DoubleSupplier score = () -> (spread[0] *= 1.0008) * Math.abs(random.nextGaussian());
    var adaptive = new AdaptiveBand(0.9, 500);
    var fixed = new AdaptiveBand(0.9, 500);
    for (int i = 0; i < 500; i++) {
      double next = score.getAsDouble();
      adaptive.calibrate(next);
      fixed.calibrate(next);
    }
    double once = fixed.offset();
    int rows = 3000;
    double[] scores = new double[rows];
    double[] offsets = new double[rows];
    int covered = 0;
    int coveredOnce = 0;
    for (int t = 0; t < rows; t++) {
      if (t >= late) {
        adaptive.observe(scores[t - late], offsets[t - late]);
      }
      offsets[t] = adaptive.offset();
      scores[t] = score.getAsDouble();
      covered += scores[t] <= offsets[t] ? 1 : 0;
      coveredOnce += scores[t] <= once ? 1 : 0;
    }
    assertEquals(0.9, (double) covered / rows, 0.02);
    assertTrue(coveredOnce < 0.7 * rows, "calibrated once: " + coveredOnce);
  }

  @Test
  void itGoesOnToTheBitAndAllocatesNothing() {
    RunningStateContract.assertGoesOnToTheBit(
        () -> new AdaptiveBand(0.8, 30),
        (band, i) -> band.observe(Math.floor(5 * Math.sin(i)), band.offset()),
        100);
    RunningStateContract.assertAllocatesNothing(
        new AdaptiveBand(0.8, 30), (band, i) -> band.observe(i % 17, band.offset()));
  }

  @Test
  void levelsAndWindowsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new AdaptiveBand(1, 5));
    assertThrows(IllegalArgumentException.class, () -> new AdaptiveBand(Double.NaN, 5));
    assertThrows(IllegalArgumentException.class, () -> new AdaptiveBand(0.5, 0));
  }
}
