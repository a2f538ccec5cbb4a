// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import org.junit.jupiter.api.Test;

/** What every optimizer keeps. */
abstract class OptimizerContract {
  private static final int SIZE = 37;

  abstract Optimizer optimizer(int size);

  /** The rule for one parameter in float64, as in the paper. */
  abstract Rule rule();

  /** One parameter's trajectory. */
  interface Rule {
    /** θ after an update with gradient g. */
    double step(double theta, double gradient, double rate);
  }

  private static float[] random(long seed) {
    var random = new SplitMix64(seed);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  final void followsItsRule() {
    var optimizer = optimizer(SIZE);
    var rules = new Rule[SIZE];
    float[] theta = random(1);
    double[] expected = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      rules[i] = rule();
      expected[i] = theta[i];
    }
    for (int update = 0; update < 50; update++) {
      float[] gradient = random(100 + update);
      float[] before = gradient.clone();
      double rate = 0.05 / (1 + update % 7);
      optimizer.step(theta, gradient, rate);
      assertArrayEquals(before, gradient, "the gradient is not modified");
      for (int i = 0; i < SIZE; i++) {
        expected[i] = rules[i].step(expected[i], gradient[i], rate);
        assertEquals(expected[i], theta[i], 2e-5, "update " + update + ", parameter " + i);
      }
    }
  }

  @Test
  final void goesOnFromASnapshotBitForBit() {
    var straight = optimizer(SIZE);
    float[] theta = random(2);
    for (int update = 0; update < 5; update++) {
      straight.step(theta, random(update), 0.1);
    }
    var snapshot = new Snapshot();
    straight.save(snapshot.in("optimizer"));
    var resumed = optimizer(SIZE);
    resumed.load(snapshot.in("optimizer"));
    float[] again = theta.clone();
    for (int update = 5; update < 10; update++) {
      straight.step(theta, random(update), 0.1);
      resumed.step(again, random(update), 0.1);
      assertArrayEquals(theta, again, "update " + update);
    }
  }

  @Test
  final void findsTheMinimumOfAParabola() {
    var optimizer = optimizer(SIZE);
    float[] theta = random(3);
    float[] gradient = new float[SIZE];
    for (int update = 0; update < 4000; update++) {
      for (int i = 0; i < SIZE; i++) {
        gradient[i] = theta[i] - 0.5f;
      }
      optimizer.step(theta, gradient, 0.05 * Math.pow(0.998, update));
    }
    for (float value : theta) {
      assertEquals(0.5, value, 1e-2);
    }
  }

  @Test
  final void aRateOfZeroChangesNothing() {
    float[] theta = random(4);
    float[] before = theta.clone();
    optimizer(SIZE).step(theta, random(5), 0);
    assertArrayEquals(before, theta);
  }

  @Test
  final void refusesOtherLengthsAndSaysBoth() {
    var optimizer = optimizer(SIZE);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> optimizer.step(new float[SIZE + 1], new float[SIZE], 1));
    assertTrue(e.toString().contains("37") && e.toString().contains("38"), e.toString());
  }
}
