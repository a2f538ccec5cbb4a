// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static dev.unspool.score.Prequential.Over.EVERYTHING;
import static dev.unspool.score.Prequential.Over.LATELY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PrequentialTest {
  @Test
  void figuresAreThoseOfTheRowsThatCount() {
    var random = new Random(67);
    double memory = 20;
    var errors = new Prequential(2, memory);
    double[] said = {9, 9, 9, 9};
    double[] sizes = new double[2];
    double[] squares = new double[2];
    double[] lateSizes = new double[2];
    double[] lateSquares = new double[2];
    double truths = 0;
    double lateTruths = 0;
    double weights = 0;
    int count = 0;
    for (int i = 0; i < 300; i++) {
      double truth = i % 7 == 0 ? Double.NaN : 3 * random.nextGaussian();
      said[1] = i % 11 == 0 ? Double.NaN : random.nextGaussian();
      said[2] = i % 13 == 0 ? 1 / 0.0 : random.nextGaussian();
      boolean counts = i % 7 != 0 && i % 11 != 0 && i % 13 != 0;
      assertEquals(counts, errors.add(truth, said, 1), "row " + i);
      if (!counts) {
        continue;
      }
      count++;
      truths += Math.abs(truth);
      lateTruths = 0.95 * lateTruths + Math.abs(truth);
      weights = 0.95 * weights + 1;
      for (int who = 0; who < 2; who++) {
        double error = Math.abs(said[1 + who] - truth);
        sizes[who] += error;
        squares[who] += error * error;
        lateSizes[who] = 0.95 * lateSizes[who] + error;
        lateSquares[who] = 0.95 * lateSquares[who] + error * error;
      }
      for (int who = 0; who < 2; who++) {
        assertEquals(sizes[who] / count, errors.mae(who, EVERYTHING), 1e-12);
        assertEquals(Math.sqrt(squares[who] / count), errors.rmse(who, EVERYTHING), 1e-12);
        assertEquals(sizes[who] / truths, errors.relative(who, EVERYTHING), 1e-12);
        assertEquals(lateSizes[who] / weights, errors.mae(who, LATELY), 1e-12);
        assertEquals(Math.sqrt(lateSquares[who] / weights), errors.rmse(who, LATELY), 1e-12);
        assertEquals(lateSizes[who] / lateTruths, errors.relative(who, LATELY), 1e-12);
      }
    }
    assertEquals(count, errors.count());
  }

  @Test
  void ofNothingTheyAreNotNumbers() {
    var errors = new Prequential(1, 10);
    assertTrue(Double.isNaN(errors.mae(0, LATELY)) && Double.isNaN(errors.rmse(0, EVERYTHING)));
    assertFalse(errors.add(Double.NaN, new double[1], 0));
    assertTrue(errors.add(0, new double[] {1}, 0));
    assertTrue(Double.isNaN(errors.relative(0, EVERYTHING)), "a share of nothing");
    assertEquals(1, errors.mae(0, LATELY));
  }

  /** One wrong reading must not be in figures for ever. */
  @Test
  void whatHasNoSquareIsNotKnown() {
    var errors = new Prequential(1, 10);
    for (double wrong : new double[] {1e151, -1e300, Double.MAX_VALUE}) {
      assertFalse(errors.add(wrong, new double[1], 0));
      assertFalse(errors.add(0, new double[] {wrong}, 0));
    }
    assertTrue(errors.add(1e150, new double[] {-1e150}, 0));
    assertTrue(Double.isFinite(errors.rmse(0, EVERYTHING) + errors.rmse(0, LATELY)));
  }

  @Test
  void theyGoOnToTheBitAndAllocateNothing() {
    double[] said = new double[3];
    RunningStateContract.assertGoesOnToTheBit(
        () -> new Prequential(3, 30),
        (errors, i) -> {
          Arrays.setAll(said, j -> Math.sin(i + j));
          errors.add(Math.cos(i), said, 0);
        },
        50);
    RunningStateContract.assertAllocatesNothing(
        new Prequential(3, 30), (errors, i) -> errors.add(i, said, 0));
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Prequential(0, 10));
    assertThrows(IllegalArgumentException.class, () -> new Prequential(1, 0.5));
  }
}
