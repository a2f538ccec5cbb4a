// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunningScaleTest {
  @ParameterizedTest
  @ValueSource(doubles = {2, 7.5, 100, Double.POSITIVE_INFINITY})
  void aPlainOneIsTheWeightedMeanAndDeviationOfAllValues(double memory) {
    var random = new Random(3);
    var scale = RunningScale.plain(memory);
    var values = new ArrayList<Double>();
    for (int i = 0; i < 300; i++) {
      double value = 1e3 + 5 * random.nextGaussian();
      scale.add(value);
      values.add(value);
      if (i == 0) {
        continue;
      }
      double sum = 0;
      double squaredWeights = 0;
      double mean = 0;
      for (int j = 0; j <= i; j++) {
        double weight = Math.pow(1 - 1 / memory, i - j);
        sum += weight;
        squaredWeights += weight * weight;
        mean += weight * values.get(j);
      }
      mean /= sum;
      double squares = 0;
      for (int j = 0; j <= i; j++) {
        squares += Math.pow(1 - 1 / memory, i - j) * Math.pow(values.get(j) - mean, 2);
      }
      double deviation = Math.sqrt(squares / (sum - squaredWeights / sum));
      assertEquals(mean, scale.mean(), 1e-9, "mean after " + i);
      assertEquals(deviation, scale.deviation(), 1e-8 * deviation, "deviation after " + i);
    }
  }

  @Test
  void ofNormalValuesBothSayTheSame() {
    var random = new Random(5);
    var plain = RunningScale.plain(2000);
    var robust = RunningScale.robust(2000);
    double means = 0;
    double deviations = 0;
    int count = 200_000;
    for (int i = 0; i < count; i++) {
      double value = 7 + 3 * random.nextGaussian();
      plain.add(value);
      robust.add(value);
      means += robust.mean() / count;
      deviations += robust.deviation() / count;
    }
    assertEquals(7, means, 0.02);
    assertEquals(3, deviations, 0.02);
    assertEquals(plain.mean(), robust.mean(), 0.02);
    assertEquals(plain.deviation(), robust.deviation(), 0.1);
  }

  /** Wrong readings among the first values, and one in two hundred later. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wrongReadingsHardlyChangeARobustOne(long seed) {
    var random = new Random(seed);
    var scale = RunningScale.robust(1000);
    for (int i = 0; i < 20_000; i++) {
      boolean wrong = i == 3 || i > 16 && random.nextInt(200) == 0;
      scale.add(wrong ? 1e9 : 10 + random.nextGaussian());
      if (i > 8) {
        assertTrue(
            scale.deviation() < 3 && Math.abs(scale.mean() - 10) < 1.5,
            "seed %s, after %s: %s %s".formatted(seed, i, scale.mean(), scale.deviation()));
      }
    }
    assertEquals(1, scale.deviation(), 0.3, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(doubles = {50, 1000})
  void whatMovesForGoodIsFollowed(double memory) {
    var random = new Random(9);
    var robust = RunningScale.robust(memory);
    for (int i = 0; i < 5000; i++) {
      robust.add(random.nextGaussian());
    }
    for (int i = 0; i < 10 * memory; i++) {
      robust.add(1000 + 100 * random.nextGaussian());
    }
    assertEquals(1000, robust.mean(), 60);
    assertEquals(100, robust.deviation(), 40);
    for (int i = 0; i < 30 * memory; i++) {
      robust.add(random.nextGaussian());
    }
    assertEquals(0, robust.mean(), 0.6);
    assertEquals(1, robust.deviation(), 0.5);
  }

  /** Rain: nothing, nineteen times in twenty. Median and median distance are zero for ever. */
  @Test
  void whatIsRareButNotAnErrorKeepsItsSize() {
    var random = new Random(13);
    var scale = RunningScale.robust(5000);
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 100_000; i++) {
      scale.add(random.nextInt(20) == 0 ? 1 : 0);
      least = i > 1000 ? Math.min(least, scale.deviation()) : least;
    }
    assertEquals(0.05, scale.mean(), 0.02);
    assertEquals(Math.sqrt(0.05 * 0.95), scale.deviation(), 0.05);
    assertTrue(least > 0.1, "least deviation " + least);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDeviationIsNeverZeroNorInfinite(boolean robust) {
    double[][] series = {
      {}, {5}, {0.1, 0.1, 0.1}, {1e150, -1e150, 1e150}, {1e-200, -1e-200}, {1e9, 1e9 + 1, 1e9}
    };
    double[] expected = {1, 1, 1, Double.NaN, 1, Double.NaN};
    for (int s = 0; s < series.length; s++) {
      var scale = robust ? RunningScale.robust(100) : RunningScale.plain(100);
      for (int i = 0; i < 3000 * Math.min(1, series[s].length); i++) {
        scale.add(series[s][i % series[s].length]);
        double deviation = scale.deviation();
        assertTrue(deviation > 0 && deviation < 1e160, "series %s, %s".formatted(s, deviation));
        assertTrue(Double.isFinite(scale.normalise(3)) && Double.isFinite(scale.mean()));
      }
      if (!Double.isNaN(expected[s])) {
        assertEquals(expected[s], scale.deviation(), "series " + s);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChangeAfterALongConstantIsSeenAtOnce(boolean robust) {
    var scale = robust ? RunningScale.robust(1000) : RunningScale.plain(1000);
    for (int i = 0; i < 100_000; i++) {
      scale.add(5);
    }
    assertEquals(0, scale.normalise(5), 1e-12);
    scale.add(6);
    assertTrue(scale.deviation() > 0.01, "deviation " + scale.deviation());
    assertTrue(scale.normalise(6) < 50, "in deviations " + scale.normalise(6));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsNotKnownChangesNothing(boolean robust) {
    var scale = robust ? RunningScale.robust(10) : RunningScale.plain(10);
    scale.add(1);
    scale.add(2);
    double mean = scale.mean();
    double deviation = scale.deviation();
    for (double value : new double[] {Double.NaN, 1 / 0.0, -1 / 0.0, 1e151}) {
      scale.add(value);
    }
    assertEquals(2, scale.count());
    assertEquals(mean, scale.mean());
    assertEquals(deviation, scale.deviation());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itGoesOnToTheBitAndAllocatesNothing(boolean robust) {
    RunningStateContract.assertGoesOnToTheBit(
        () -> robust ? RunningScale.robust(50) : RunningScale.plain(50),
        (scale, i) -> scale.add(i % 20 == 7 ? 1e6 : Math.sin(i)),
        200);
    RunningStateContract.assertAllocatesNothing(
        robust ? RunningScale.robust(50) : RunningScale.plain(50),
        (scale, i) -> scale.add(i % 13 + scale.normalise(i)));
  }

  @Test
  void aMemoryIsChecked() {
    assertThrows(IllegalArgumentException.class, () -> RunningScale.plain(1));
    assertThrows(IllegalArgumentException.class, () -> RunningScale.robust(Double.NaN));
  }
}
