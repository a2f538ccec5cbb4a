// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PageHinkleyTest {
  /** Errors of a stream that does not change. */
  enum Noise {
    NORMAL(Random::nextGaussian),
    LAPLACE(r -> r.nextExponential() * (r.nextBoolean() ? 1 : -1)),
    /** Of three degrees of freedom. */
    STUDENT(
        r -> {
          double squares = 0;
          for (int i = 0; i < 3; i++) {
            squares += Math.pow(r.nextGaussian(), 2);
          }
          return r.nextGaussian() / Math.sqrt(squares / 3);
        });

    private final ToDoubleFunction<Random> draw;

    Noise(ToDoubleFunction<Random> draw) {
      this.draw = draw;
    }

    double error(Random random) {
      return Math.abs(draw.applyAsDouble(random));
    }
  }

  /** False alarms in two million rows. */
  @ParameterizedTest
  @EnumSource
  void noiseThatStaysRaisesHardlyAnAlarm(Noise noise) {
    long alarms = 0;
    for (long seed = 1; seed <= 20; seed++) {
      var random = new Random(seed);
      var test = new PageHinkley(1000);
      for (int i = 0; i < 100_000; i++) {
        test.add(noise.error(random));
      }
      alarms += test.alarms();
    }
    assertTrue(alarms <= 1, "%s alarms of %s, seeds 1 to 20".formatted(alarms, noise));
  }

  @ParameterizedTest
  @EnumSource
  void aRiseByTwoDeviationsIsToldSoon(Noise noise) {
    int longest = 0;
    double mean = 0;
    for (long seed = 1; seed <= 200; seed++) {
      var random = new Random(seed);
      var test = new PageHinkley(1000);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < 3000; i++) {
        double error = noise.error(random);
        sum += error;
        squares += error * error;
        test.add(error);
      }
      double rise = 2 * Math.sqrt(squares / 3000 - Math.pow(sum / 3000, 2));
      long before = test.alarms();
      int delay = 0;
      while (test.alarms() == before && delay < 1000) {
        test.add(noise.error(random) + rise);
        delay++;
      }
      longest = Math.max(longest, delay);
      mean += delay / 200.0;
    }
    assertTrue(
        mean < 22 && longest < 45,
        "%s: %s rows on average, %s at most, seeds 1 to 200".formatted(noise, mean, longest));
  }

  /** Page's definition: by how much the cumulative sum lies above its least value so far. */
  @Test
  void theSumIsWhatItHasRisenFromItsLeast() {
    long seed = 89;
    var random = new Random(seed);
    var test = new PageHinkley(200, 0.4, 12);
    var scale = RunningScale.robust(200);
    double total = 0;
    double least = 0;
    long alarms = 0;
    for (int i = 0; i < 30_000; i++) {
      double error = (1 + i / 700 % 5) * Math.abs(random.nextGaussian());
      error = i % 31 == 0 ? Double.NaN : i % 577 == 0 ? 1e300 : error;
      boolean alarm = test.add(error);
      if (Double.isNaN(error)) {
        assertFalse(alarm);
        continue;
      }
      if (scale.count() >= 32) {
        total += Math.min((error - scale.mean()) / scale.deviation(), 5) - 0.4;
        least = Math.min(least, total);
      }
      scale.add(error);
      assertEquals(total - least > 12, alarm, "error " + i + ", seed " + seed);
      if (alarm) {
        alarms++;
        scale = RunningScale.robust(200);
        total = 0;
        least = 0;
      }
      assertEquals((total - least) / 12, test.level(), 1e-9, "error " + i + ", seed " + seed);
    }
    assertEquals(alarms, test.alarms());
    assertTrue(alarms > 5, alarms + " alarms");
  }

  /** Told once; then what is new is usual, and a second rise is told again. */
  @Test
  void afterAnAlarmItBeginsAnew() {
    var random = new Random(71);
    var test = new PageHinkley(500);
    int[] told = new int[3];
    for (int i = 0; i < 6000; i++) {
      double size = i < 2000 ? 1 : i < 4000 ? 5 : 30;
      if (test.add(size * Math.abs(random.nextGaussian()))) {
        told[i / 2000]++;
        assertEquals(0, test.since());
        assertEquals(0, test.level());
        assertTrue(i % 2000 < 100, "told at " + i);
      }
    }
    assertEquals("0 1 1", told[0] + " " + told[1] + " " + told[2]);
    assertEquals(2, test.alarms());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
  void singleWrongErrorsRaiseNone(double wrong) {
    var random = new Random(73);
    var test = new PageHinkley(500);
    for (int i = 0; i < 20_000; i++) {
      test.add(i % 100 == 99 ? wrong : Math.abs(random.nextGaussian()));
    }
    assertEquals(0, test.alarms());
  }

  @Test
  void aModelThatWasPerfectRaisesOneWhenItIsNot() {
    var test = new PageHinkley(500);
    for (int i = 0; i < 1000; i++) {
      assertFalse(test.add(0));
    }
    int delay = 0;
    while (test.alarms() == 0 && delay < 100) {
      test.add(1);
      delay++;
    }
    assertTrue(delay < 30, "after " + delay);
  }

  @Test
  void itGoesOnToTheBitAndAllocatesNothing() {
    RunningStateContract.assertGoesOnToTheBit(
        () -> new PageHinkley(40),
        (test, i) -> test.add((i % 100 > 60 ? 5 : 1) * Math.abs(Math.sin(i))),
        300);
    RunningStateContract.assertAllocatesNothing(new PageHinkley(40), (test, i) -> test.add(i % 7));
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new PageHinkley(100, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> new PageHinkley(100, 1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new PageHinkley(1));
  }
}
