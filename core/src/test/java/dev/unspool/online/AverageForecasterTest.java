// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import dev.unspool.score.RunningStateContract;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AverageForecasterTest {
  private static final double NOTHING = Double.NaN;

  @Test
  void weightsAreThoseOfTheDefinition() {
    var random = new Random(71);
    double memory = 7;
    double sharpness = 3;
    int forecasters = 4;
    int rows = 120;
    double[] truths = random.doubles(rows, -5, 5).toArray();
    double[][] said = new double[rows][];
    Arrays.setAll(said, _ -> random.doubles(forecasters + 1, -5, 5).toArray());
    truths[20] = NOTHING;
    said[30][2] = NOTHING;
    var average = new AverageForecaster(forecasters, memory, sharpness);
    for (int row = 0; row < rows; row++) {
      assertEquals(slowly(truths, said, row, memory, sharpness), average.of(said[row], 1), 1e-12);
      average.learn(truths[row], said[row], 1);
    }
  }

  /** From all the past at once. */
  private static double slowly(
      double[] truths, double[][] said, int row, double memory, double sharpness) {
    int forecasters = said[0].length - 1;
    double[] losses = new double[forecasters];
    int age = 0;
    for (int before = row - 1; before >= 0; before--) {
      if (Double.isNaN(truths[before]) || Arrays.stream(said[before]).anyMatch(Double::isNaN)) {
        continue;
      }
      for (int i = 0; i < forecasters; i++) {
        losses[i] += Math.pow(1 - 1 / memory, age) * Math.abs(said[before][1 + i] - truths[before]);
      }
      age++;
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < forecasters; i++) {
      if (Double.isNaN(said[row][1 + i])) {
        continue;
      }
      double weight = 1;
      for (int j = 0; j < forecasters && age > 0; j++) {
        if (!Double.isNaN(said[row][1 + j])) {
          weight = Math.min(weight, Math.exp(-sharpness * (losses[i] / losses[j] - 1)));
        }
      }
      sum += weight * said[row][1 + i];
      weights += weight;
    }
    return sum / weights;
  }

  @Test
  void whoIsBestCountsMostWhateverTheUnit() {
    for (double unit : new double[] {1e-200, 1, 1e200}) {
      var average = new AverageForecaster(3, 10, 5);
      for (int i = 0; i < 5; i++) {
        average.learn(0, new double[] {unit, 1.2 * unit, -2 * unit}, 0);
      }
      double[] weights = {1, Math.exp(-1), Math.exp(-5)};
      for (int i = 0; i < 3; i++) {
        double share = weights[i] / Arrays.stream(weights).sum();
        assertEquals(share, average.weight(i), 1e-12, "in units of " + unit);
      }
    }
  }

  @Test
  void whoIsNeverWrongIsFollowed() {
    var average = new AverageForecaster(3);
    average.learn(4, new double[] {4, 5, 4}, 0);
    assertEquals(10, average.of(new double[] {8, 100, 12}, 0), "nothing but those two");
    assertEquals(100, average.of(new double[] {NOTHING, 100, NOTHING}, 0), "who is left");
  }

  /** Not sharp at all, it is the mean, also of one who is never wrong. */
  @Test
  void withoutSharpnessItIsThePlainMean() {
    var average = new AverageForecaster(3, 10, 0);
    double[] said = {4, 5, 9};
    assertEquals(6, average.of(said, 0));
    for (int i = 0; i < 3; i++) {
      average.learn(4, said, 0);
      assertEquals(6, average.of(said, 0));
      assertEquals(1.0 / 3, average.weight(i));
    }
  }

  @Test
  void whenOthersBecomeBetterTheyAreFollowed() {
    var average = new AverageForecaster(2);
    for (int i = 0; i < 1000; i++) {
      average.learn(0, new double[] {1, 3}, 0);
    }
    assertTrue(average.weight(0) > 0.99);
    for (int i = 0; i < 3 * AverageForecaster.MEMORY; i++) {
      average.learn(0, new double[] {3, 1}, 0);
    }
    assertTrue(average.weight(1) > 0.99, "weight " + average.weight(1));
  }

  /** One is wrong by a tenth, one by a fifth more, one by ten times as much. */
  private static void learn(AverageForecaster average, int rows, Random random) {
    for (int i = 0; i < rows; i++) {
      double truth = random.nextGaussian();
      double error = 0.1 * random.nextGaussian();
      average.learn(
          truth, new double[] {truth + error, truth - 1.2 * error, truth + 10 * error}, 0);
    }
  }

  @Test
  void aWrongReadingDoesNotMakeAllAlike() {
    for (double wrong : new double[] {65535, -9999, 1e149}) {
      var random = new Random(73);
      var average = new AverageForecaster(3);
      learn(average, 500, random);
      average.learn(wrong, new double[] {0, 1, 2}, 0);
      average.learn(0, new double[] {wrong, 0.1, 1}, 0); // one believes it
      for (int row = 0; row < 100; row++) {
        assertTrue(average.weight(2) < 1e-3, "row %s after %s".formatted(row, wrong));
        learn(average, 1, random);
      }
      assertTrue(average.weight(0) > average.weight(1), "and who believed it is not lost");
    }
  }

  @Test
  void whoIsWrongForGoodIsKnownBeforeLong() {
    for (double far : new double[] {10, 1e3, 1e6}) {
      var average = new AverageForecaster(3);
      learn(average, 500, new Random(79));
      int rows = 0;
      for (; average.weight(2) < 0.99; rows++) {
        average.learn(0, new double[] {far, far, 1}, 0);
      }
      assertTrue(rows <= 12, "%s rows at %s".formatted(rows, far));
    }
  }

  /** Where all errors were the same there is no deviation, in whatever unit. */
  @Test
  void behindErrorsThatWereAllTheSameTheUnitDoesNotMatter() {
    for (double unit : new double[] {1e-9, 1, 1e9}) {
      var average = new AverageForecaster(2);
      for (int i = 0; i < 200; i++) {
        average.learn(0, new double[] {unit, unit}, 0);
      }
      average.learn(0, new double[] {1000 * unit, unit}, 0);
      assertTrue(average.weight(1) > 0.99, "in units of " + unit);
    }
  }

  /** Older versions knew no more than this. */
  @Test
  void lossesAloneAreTakenUp() {
    var average = new AverageForecaster(3);
    var stored = new Snapshot();
    stored.put("numbers", new double[] {1, 1.2, 2});
    average.load(stored);
    double share = 1 + Math.exp(-1) + Math.exp(-5);
    assertEquals(1 / share, average.weight(0), 1e-12);
    learn(average, 200, new Random(3));
    assertTrue(average.weight(2) < 1e-3);
  }

  @Test
  void ofNothingItSaysNothing() {
    var average = new AverageForecaster(2);
    assertEquals(3, average.of(new double[] {2, 4}, 0), "a mean before anything is known");
    assertEquals(4, average.of(new double[] {1 / 0.0, 4}, 0));
    assertTrue(Double.isNaN(average.of(new double[] {NOTHING, NOTHING}, 0)));
    average.learn(1, new double[] {1 / 0.0, 4}, 0);
    average.learn(NOTHING, new double[] {1, 4}, 0);
    assertEquals(0.5, average.weight(0), "none of these rows counts");
  }

  @Test
  void itGoesOnToTheBitAndAllocatesNothing() {
    double[] said = new double[3];
    RunningStateContract.assertGoesOnToTheBit(
        () -> new AverageForecaster(3),
        (average, i) -> {
          Arrays.setAll(said, j -> Math.sin(i + j));
          average.learn(Math.cos(i), said, 0);
        },
        50);
    RunningStateContract.assertAllocatesNothing(
        new AverageForecaster(3), (average, i) -> average.learn(i + average.of(said, 0), said, 0));
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new AverageForecaster(0));
    assertThrows(IllegalArgumentException.class, () -> new AverageForecaster(1, 0.5, 1));
    assertThrows(IllegalArgumentException.class, () -> new AverageForecaster(1, 2, -1));
    assertThrows(IllegalArgumentException.class, () -> new AverageForecaster(1, 2, 1 / 0.0));
  }
}
