// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each optimizer through the contract. */
final class OptimizersTest {
  @Nested
  final class PlainSgdTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return new Sgd();
    }

    @Override
    Rule rule() {
      return (theta, gradient, rate) -> theta - rate * gradient;
    }
  }

  @Nested
  final class MomentumTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return new Sgd(0.8, false);
    }

    @Override
    Rule rule() {
      return new Rule() {
        private double m;

        @Override
        public double step(double theta, double gradient, double rate) {
          m = 0.8 * m + gradient;
          return theta - rate * m;
        }
      };
    }
  }

  @Nested
  final class NesterovTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return new Sgd(0.8, true);
    }

    @Override
    Rule rule() {
      return new Rule() {
        private double m;

        @Override
        public double step(double theta, double gradient, double rate) {
          m = 0.8 * m + gradient;
          return theta - rate * (gradient + 0.8 * m);
        }
      };
    }
  }

  @Nested
  final class RmsPropTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return new RmsProp(0.9, 1e-6);
    }

    @Override
    Rule rule() {
      return new Rule() {
        private double s;

        @Override
        public double step(double theta, double gradient, double rate) {
          s = 0.9 * s + 0.1 * gradient * gradient;
          return theta - rate * gradient / (Math.sqrt(s) + 1e-6);
        }
      };
    }
  }

  @Nested
  final class AdamTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return new Adam();
    }

    @Override
    Rule rule() {
      return adam(0);
    }
  }

  @Nested
  final class AdamWTest extends OptimizerContract {
    @Override
    Optimizer optimizer() {
      return Adam.withDecoupledDecay(1e-3);
    }

    @Override
    Rule rule() {
      return adam(1e-3);
    }
  }

  private static OptimizerContract.Rule adam(double weightDecay) {
    return new OptimizerContract.Rule() {
      private double m;
      private double v;
      private int t;

      @Override
      public double step(double theta, double gradient, double rate) {
        t++;
        m = 0.9 * m + 0.1 * gradient;
        v = 0.999 * v + 0.001 * gradient * gradient;
        double meanHat = m / (1 - Math.pow(0.9, t));
        double squareHat = v / (1 - Math.pow(0.999, t));
        double decayed = theta - rate * weightDecay * theta;
        return decayed - rate * meanHat / (Math.sqrt(squareHat) + 1e-8);
      }
    };
  }

  @Test
  void theFirstStepOfAdamIsTheRate() {
    float[] theta = {0, 0};
    new Adam().bind(Vectors.parameters(theta)).step(Vectors.gradient(3, -1e-3f), 0.5);
    assertArrayEquals(new float[] {-0.5f, 0.5f}, theta, 6e-6f);
    theta = new float[] {0};
    var adam = new Adam(0.9, 0.999, 1e-30, 0);
    adam.bind(Vectors.parameters(theta)).step(Vectors.gradient(1), 1);
    assertEquals(-1, theta[0], 1e-6, "no rounding of beta2 is left in the corrected moment");
  }

  @Test
  void aParameterThatNeverHadAGradientStays() {
    for (Optimizer optimizer : List.of(new Sgd(), new RmsProp(), new Adam())) {
      float[] theta = {2};
      optimizer.bind(Vectors.parameters(theta)).step(Vectors.gradient(0), 0.1);
      assertEquals(2, theta[0]);
    }
  }

  private static final List<Optimizer> WITH_MOMENTS =
      List.of(new Sgd(0.9, false), new Sgd(0.9, true), new RmsProp(0.5, 1e-8), new Adam());

  /** Without a gradient for long, moments become zeros, by way of nothing that is not normal. */
  @Test
  void momentsThatHaveDecayedAreZero() {
    for (Optimizer optimizer : WITH_MOMENTS) {
      float[] theta = Vectors.random(37, 1);
      var bound = optimizer.bind(Vectors.parameters(theta));
      bound.step(Vectors.gradient(Vectors.random(37, 2)), 0.01);
      for (int update = 0; update < 100_000; update++) {
        if (update % 50 == 0) {
          assertEquals(0, notNormal(bound), () -> optimizer.toString());
        }
        bound.step(Vectors.gradient(new float[37]), 0.01);
      }
      for (String name : List.of("velocity", "mean", "square")) {
        for (float value : moments(bound, name)) {
          assertEquals(0, value, () -> name + " of " + optimizer);
        }
      }
    }
  }

  private static float[] moments(Optimizer.Bound bound, String name) {
    var snapshot = new Snapshot();
    bound.save(snapshot.in("o"));
    return snapshot.in("o").has(name) ? snapshot.in("o").floats(name) : new float[0];
  }

  private static int notNormal(Optimizer.Bound bound) {
    int count = 0;
    for (String name : List.of("velocity", "mean", "square")) {
      for (float value : moments(bound, name)) {
        count += value != 0 && Math.abs(value) < Float.MIN_NORMAL ? 1 : 0;
      }
    }
    return count;
  }

  /** Gradients that come back after any time, against the rule in a plain loop without a least. */
  @Test
  void whatHasDecayedChangesNoBitOfWhatComesAfter() {
    for (int still : new int[] {500, 700, 900, 2000}) {
      for (float size : new float[] {1, 1e-10f, -1e-18f}) {
        float[] theta = {0.5f};
        float[] plain = {0.5f};
        var bound = new Adam().bind(Vectors.parameters(theta));
        float mean = 0;
        float square = 0;
        for (int update = 1; update <= still + 20; update++) {
          float g = update == 1 || update > still ? size : 0;
          bound.step(Vectors.gradient(g), 0.01);
          mean = 0.9f * mean + (1 - 0.9f) * g;
          square = 0.999f * square + (1 - 0.999f) * g * g;
          float rate = (float) (0.01 / (1 - Math.pow(0.9f, update)));
          float root = (float) (1 / Math.sqrt(1 - Math.pow(0.999f, update)));
          plain[0] = plain[0] - rate * mean / ((float) Math.sqrt(square) * root + 1e-8f);
          assertEquals(plain[0], theta[0], "update %s of %s".formatted(update, size));
        }
        assertEquals(mean, moments(bound, "mean")[0]);
        if (size > 1e-12) {
          assertEquals(square, moments(bound, "square")[0]);
        }
      }
    }
  }

  /** A second moment that is tiny keeps a step short as long as there is a first one. */
  @Test
  void aTinyEpsilonMakesNoLongStep() {
    for (Optimizer optimizer : List.of(new RmsProp(0.99, 1e-30), new Adam(0.9, 0.999, 1e-30, 0))) {
      for (float size : new float[] {1e-17f, 1e-19f, 1e-20f}) {
        float[] theta = {0};
        var bound = optimizer.bind(Vectors.parameters(theta));
        for (int update = 0; update < 300; update++) {
          float before = theta[0];
          bound.step(Vectors.gradient(update % 3 == 0 ? size : 0), 1e-3);
          assertTrue(
              Math.abs(theta[0] - before) < 0.1, optimizer + " " + size + " update " + update);
        }
      }
    }
  }

  /** At whatever update a run is stopped while its moments decay. */
  @Test
  void goesOnWhileMomentsDecay() {
    for (Optimizer optimizer : WITH_MOMENTS) {
      float[] theta = Vectors.random(37, 3);
      var straight = optimizer.bind(Vectors.parameters(theta));
      straight.step(Vectors.gradient(Vectors.random(37, 4)), 0.01);
      for (int update = 0; update < 1200; update++) {
        straight.step(Vectors.gradient(new float[37]), 0.01);
        if (update % 37 == 0) {
          var snapshot = new Snapshot();
          straight.save(snapshot.in("o"));
          float[] again = theta.clone();
          var resumed = optimizer.bind(Vectors.parameters(again));
          resumed.load(snapshot.in("o"));
          straight.step(Vectors.gradient(new float[37]), 0.01);
          resumed.step(Vectors.gradient(new float[37]), 0.01);
          assertArrayEquals(theta, again);
          for (String name : List.of("velocity", "mean", "square")) {
            assertArrayEquals(moments(straight, name), moments(resumed, name));
          }
        }
      }
    }
  }

  @Test
  void refusesRatesThatAreNone() {
    for (Optimizer optimizer : List.of(new Sgd(), new RmsProp(), new Adam())) {
      for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        float[] theta = {2};
        var bound = optimizer.bind(Vectors.parameters(theta));
        var gradient = Vectors.gradient(1);
        assertThrows(IllegalArgumentException.class, () -> bound.step(gradient, rate));
        assertEquals(2, theta[0]);
      }
    }
  }

  @Test
  void refusesFactorsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd(1, false));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(0, true));
    assertThrows(IllegalArgumentException.class, () -> new RmsProp(-0.1, 1e-8));
    assertThrows(IllegalArgumentException.class, () -> new RmsProp(0.9, -1));
    assertThrows(IllegalArgumentException.class, () -> new RmsProp(0.9, 0));
    assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 0.999, 1e-60, 0));
    assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 0.999999999, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> new Adam(0.9, 1, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> Adam.withDecoupledDecay(Double.NaN));
  }

  @Test
  void refusesMomentsOfAnotherModel() {
    var snapshot = new Snapshot();
    new RmsProp().bind(Vectors.parameters(1, 2, 3)).save(snapshot);
    var other = new RmsProp().bind(Vectors.parameters(1, 2, 3, 4));
    var e = assertThrows(IllegalArgumentException.class, () -> other.load(snapshot));
    assertTrue(e.toString().contains("3") && e.toString().contains("4"), e.toString());
  }
}
