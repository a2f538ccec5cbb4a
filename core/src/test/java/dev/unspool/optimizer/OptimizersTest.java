// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each optimizer through the contract. */
final class OptimizersTest {
  @Nested
  final class PlainSgdTest extends OptimizerContract {
    @Override
    Optimizer optimizer(int size) {
      return new Sgd(size);
    }

    @Override
    Rule rule() {
      return (theta, gradient, rate) -> theta - rate * gradient;
    }
  }

  @Nested
  final class MomentumTest extends OptimizerContract {
    @Override
    Optimizer optimizer(int size) {
      return new Sgd(size, 0.8, false);
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
    Optimizer optimizer(int size) {
      return new Sgd(size, 0.8, true);
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
    Optimizer optimizer(int size) {
      return new RmsProp(size, 0.9, 1e-6);
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
    Optimizer optimizer(int size) {
      return new Adam(size);
    }

    @Override
    Rule rule() {
      return adam(0);
    }
  }

  @Nested
  final class AdamWTest extends OptimizerContract {
    @Override
    Optimizer optimizer(int size) {
      return Adam.withDecoupledDecay(size, 1e-3);
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
  void refusesFactorsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd(1, 1, false));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(1, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(-1));
    assertThrows(IllegalArgumentException.class, () -> new RmsProp(1, -0.1, 1e-8));
    assertThrows(IllegalArgumentException.class, () -> new RmsProp(1, 0.9, -1));
    assertThrows(IllegalArgumentException.class, () -> new Adam(1, 0.9, 1, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> Adam.withDecoupledDecay(1, Double.NaN));
  }

  @Test
  void refusesMomentsOfAnotherModel() {
    var snapshot = new Snapshot();
    new RmsProp(3).save(snapshot);
    var e = assertThrows(IllegalArgumentException.class, () -> new RmsProp(4).load(snapshot));
    assertTrue(e.toString().contains("3") && e.toString().contains("4"), e.toString());
  }
}
