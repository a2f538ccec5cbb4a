// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

final class SeasonsTest {
  private static final long SEED = 5;

  private static double[] series(int n, IntToDoubleFunction value) {
    double[] x = new double[n];
    for (int t = 0; t < n; t++) {
      x[t] = value.applyAsDouble(t);
    }
    return x;
  }

  private static double load(int t, Random random) {
    double day = Math.sin(2 * Math.PI * t / 24) + 0.4 * Math.cos(4 * Math.PI * t / 24);
    double weekend = t / 24 % 7 >= 5 ? -0.7 : 0;
    return day + weekend + 0.3 * random.nextGaussian();
  }

  @Test
  void theDayAndTheWeekBehindItAreFound() {
    var random = new Random(SEED);
    double[] load = series(24 * 7 * 20, t -> load(t, random));
    assertEquals(List.of(24, 168), Seasons.find(load));
  }

  @Test
  void neitherTrendNorOffsetNorGapsHideThem() {
    var random = new Random(SEED);
    double[] load = series(24 * 7 * 20, t -> 1e8 + 0.01 * t + load(t, random));
    for (int t = 0; t < load.length; t++) {
      if (random.nextDouble() < 0.2 || t / 100 % 9 == 4) {
        load[t] = Double.NaN;
      }
    }
    assertEquals(List.of(24, 168), Seasons.find(load));
  }

  @Test
  void aSeriesThatWandersIsAskedForItsDifferences() {
    var random = new Random(SEED);
    double[] level = {0};
    double[] x =
        series(
            3000,
            t -> (level[0] += 0.6 * random.nextGaussian()) + 1.5 * Math.sin(2 * Math.PI * t / 12));
    assertEquals(List.of(12), Seasons.find(x));
  }

  /** So that the day is still there when its mean pattern is taken off. */
  @Test
  void theWeekIsFoundBehindDaysThatDiffer() {
    var random = new Random(SEED);
    double[] x =
        series(
            48 * 7 * 15,
            t ->
                (t / 48 % 7 >= 5 ? 0.5 : 1.5) * Math.sin(2 * Math.PI * t / 48)
                    + 0.2 * random.nextGaussian());
    assertEquals(List.of(48, 336), Seasons.find(x));
  }

  @Test
  void aSinusOfNoWholePeriodIsFoundNearby() {
    var random = new Random(SEED);
    double[] x = series(2500, t -> Math.sin(2 * Math.PI * t / 131.4) + 0.5 * random.nextGaussian());
    List<Integer> found = Seasons.find(x);
    assertEquals(1, found.size(), found.toString());
    assertEquals(131.4, found.getFirst(), 4);
  }

  @Test
  void aCleanWaveOfFewPeriodsIsFound() {
    assertEquals(List.of(24), Seasons.find(series(280, t -> Math.sin(2 * Math.PI * t / 24))));
  }

  @Test
  void weekdaysOfSalesAreFound() {
    var random = new Random(SEED);
    double[] x = series(900, t -> Math.max(0, (t % 7 == 5 ? 3 : 0) + random.nextGaussian()));
    assertEquals(List.of(7), Seasons.find(x));
  }

  @Test
  void whereThereAreNoneNoneAreFound() {
    int wrong = 0;
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      double[] white = series(800, _ -> random.nextGaussian());
      double[] level = {0};
      double[] ar = series(2000, _ -> level[0] = 0.95 * level[0] + random.nextGaussian());
      wrong += Seasons.find(white).size() + Seasons.find(ar).size();
    }
    assertTrue(wrong <= 3, wrong + " seasons found in 200 series without any");
    assertEquals(List.of(), Seasons.find(series(500, _ -> 3)));
    assertEquals(List.of(), Seasons.find(series(500, t -> t)));
    assertEquals(List.of(), Seasons.find(series(500, _ -> Double.NaN)));
    assertEquals(List.of(), Seasons.find(new double[0]));
    assertEquals(List.of(), Seasons.find(new double[] {1, 2}));
  }
}
