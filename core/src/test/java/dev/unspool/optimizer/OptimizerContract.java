// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import org.junit.jupiter.api.Test;

/** What every optimizer keeps. */
abstract class OptimizerContract {
  private static final int SIZE = 37;

  abstract Optimizer optimizer();

  private Optimizer.Bound bound(float[] theta) {
    return optimizer().bind(parameters(theta));
  }

  private static Parameters parameters(float[] theta) {
    return new Parameters(Vectors.layout(theta.length), theta);
  }

  /** The rule for one parameter in float64, as in the paper. */
  abstract Rule rule();

  /** One parameter's trajectory. */
  interface Rule {
    /** θ after an update with gradient g. */
    double step(double theta, double gradient, double rate);
  }

  private static float[] random(long seed) {
    return Vectors.random(SIZE, seed);
  }

  @Test
  final void followsItsRule() {
    var rules = new Rule[SIZE];
    float[] theta = random(1);
    var optimizer = bound(theta);
    double[] expected = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      rules[i] = rule();
      expected[i] = theta[i];
    }
    for (int update = 0; update < 50; update++) {
      float[] gradient = random(100 + update);
      float[] before = gradient.clone();
      double rate = 0.05 / (1 + update % 7);
      optimizer.step(Vectors.gradient(gradient), rate);
      assertArrayEquals(before, gradient, "the gradient is not modified");
      for (int i = 0; i < SIZE; i++) {
        expected[i] = rules[i].step(expected[i], gradient[i], rate);
        assertEquals(expected[i], theta[i], 2e-5, "update " + update + ", parameter " + i);
      }
    }
  }

  @Test
  final void goesOnFromASnapshotBitForBit() {
    float[] theta = random(2);
    var straight = bound(theta);
    for (int update = 0; update < 5; update++) {
      straight.step(Vectors.gradient(random(update)), 0.1);
    }
    var snapshot = new Snapshot();
    straight.save(snapshot.in("optimizer"));
    float[] again = theta.clone();
    var resumed = bound(again);
    resumed.load(snapshot.in("optimizer"));
    for (int update = 5; update < 10; update++) {
      straight.step(Vectors.gradient(random(update)), 0.1);
      resumed.step(Vectors.gradient(random(update)), 0.1);
      assertArrayEquals(theta, again, "update " + update);
    }
  }

  @Test
  final void findsTheMinimumOfAParabola() {
    float[] theta = random(3);
    var optimizer = bound(theta);
    float[] gradient = new float[SIZE];
    for (int update = 0; update < 4000; update++) {
      for (int i = 0; i < SIZE; i++) {
        gradient[i] = theta[i] - 0.5f;
      }
      optimizer.step(Vectors.gradient(gradient), 0.05 * Math.pow(0.998, update));
    }
    for (float value : theta) {
      assertEquals(0.5, value, 1e-2);
    }
  }

  @Test
  final void aRateOfZeroChangesNothing() {
    float[] theta = random(4);
    float[] before = theta.clone();
    bound(theta).step(Vectors.gradient(random(5)), 0);
    assertArrayEquals(before, theta);
  }

  @Test
  final void refusesOtherLengthsAndSaysBoth() {
    var optimizer = bound(new float[SIZE]);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> optimizer.step(Vectors.gradient(new float[SIZE + 1]), 1));
    assertTrue(e.toString().contains("37") && e.toString().contains("38"), e.toString());
  }

  /** A vector of several chunks and a rest. */
  @Test
  final void threadsChangeNoBit() {
    int size = 3 * Chunks.LENGTH + 5;
    float[][] found = new float[3][];
    for (int threads = 1; threads <= 3; threads++) {
      float[] theta = Vectors.random(size, 7);
      try (var kernels = Kernels.open(threads)) {
        var optimizer = optimizer().bind(parameters(theta), kernels);
        for (int update = 0; update < 3; update++) {
          optimizer.step(Vectors.gradient(Vectors.random(size, update)), 0.1);
        }
      }
      found[threads - 1] = theta;
    }
    assertArrayEquals(found[0], found[1]);
    assertArrayEquals(found[0], found[2]);
  }
}
