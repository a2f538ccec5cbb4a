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
