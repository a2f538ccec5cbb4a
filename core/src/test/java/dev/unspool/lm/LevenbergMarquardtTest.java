// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classic problems with known answers, and everything that may go wrong. */
class LevenbergMarquardtTest {
  private static final StopRules MANY = StopRules.iterations(500);

  private static final Problem ROSENBROCK =
      new Problem(
          2,
          2,
          (theta, into) -> {
            into[0] = 10 * (theta[1] - theta[0] * theta[0]);
            into[1] = 1 - theta[0];
          });

  /** Misra 1a of the NIST collection: y = b1 (1 − exp(−b2 x)). */
  private static final double[] MISRA_X = {
    77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0
  };

  private static final double[] MISRA_Y = {
    10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78
  };

  private static final Problem MISRA =
      new Problem(
          2,
          14,
          (theta, into) -> {
            for (int i = 0; i < 14; i++) {
              into[i] = theta[0] * (1 - Math.exp(-theta[1] * MISRA_X[i])) - MISRA_Y[i];
            }
          });

  @Test
  void anyTimeMayBeAllowed() {
    for (var time : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(1_000_000))) {
      var method = LevenbergMarquardt.with(MANY.withTime(time));
      assertTrue(method.fit(ROSENBROCK, new double[] {-1.2, 1}).reason().ok(), "" + time);
    }
    var none = LevenbergMarquardt.with(MANY.withTime(Duration.ofSeconds(Long.MIN_VALUE)));
    assertEquals(StopReason.TIME, none.fit(ROSENBROCK, new double[] {-1.2, 1}).reason());
  }

  @Test
  void everyCompositionSolvesRosenbrock() {
    for (var damping : List.of(Damping.nielsen(), Damping.timesTen(), new Damping.Factor(1, 3))) {
      for (var solver : LinearSolver.values()) {
        var plain = LevenbergMarquardt.with(MANY).with(damping).with(solver);
        var forgetting = plain.withScaleMemory(0.5);
        for (var method : List.of(plain, plain.withGeodesicAcceleration(), forgetting)) {
          var result = method.fit(ROSENBROCK, new double[] {-1.2, 1});
          String what = damping + ", " + solver + ": " + result.reason();
          assertEquals(1, result.theta()[0], 1e-6, what);
          assertEquals(1, result.theta()[1], 1e-6, what);
          assertTrue(result.reason().ok(), what);
        }
      }
    }
  }

  /**
   * Without memory, a step from a point does not depend on how it was reached; with it, steep
   * country on the way is held against it.
   */
  @Test
  void scalesForgetWhatTheyAreToldTo() {
    var steep =
        new Problem(1, 1, (theta, into) -> into[0] = Math.exp(3 * theta[0]) + 0.1 * theta[0] - 1);
    double[] start = {2};
    var damping = new Damping.Factor(100, 10);
    var method = LevenbergMarquardt.with(StopRules.iterations(6)).with(damping);
    double kept = method.fit(steep, start).cost();
    double halved = method.withScaleMemory(0.5).fit(steep, start).cost();
    double gone = method.withScaleMemory(0).fit(steep, start).cost();
    assertTrue(gone < halved && halved < kept, gone + " " + halved + " " + kept);
    assertEquals(kept, method.withScaleMemory(1).fit(steep, start).cost(), 0.0);
  }

  @ParameterizedTest
  @EnumSource(LinearSolver.class)
  void misra1aAsCertified(LinearSolver solver) {
    for (double[] start : new double[][] {{500, 0.0001}, {250, 0.0005}}) {
      var result = LevenbergMarquardt.with(MANY).with(solver).fit(MISRA, start);
      assertEquals(2.3894212918e2, result.theta()[0], 2e-4, result.reason().toString());
      assertEquals(5.5015643181e-4, result.theta()[1], 1e-9);
      var uncertainty = Uncertainty.of(MISRA, result.theta());
      assertNotNull(uncertainty);
      assertEquals(2.7070075241, uncertainty.standardErrors()[0], 1e-4);
      assertEquals(7.2668688436e-6, uncertainty.standardErrors()[1], 1e-10);
      assertEquals(1.0187876330e-1, uncertainty.sigma(), 1e-7);
      assertEquals(12, uncertainty.degreesOfFreedom());
    }
  }

  /** Columns nearly parallel: the normal equations have no digit left, QR has. */
  @Test
  void qrTakesOverWhereTheNormalEquationsAreBlind() {
    double epsilon = 1e-7;
    var problem =
        new Problem(
            2,
            3,
            (theta, into) -> {
              into[0] = theta[0] + theta[1] - 2;
              into[1] = epsilon * (theta[0] - 1);
              into[2] = epsilon * (theta[1] - 1);
            });
    var result =
        LevenbergMarquardt.with(new StopRules(0, 0, 0, 1e-12, 60, Duration.ofHours(1)))
            .with(new Damping.Factor(1e-14, 10))
            .fit(problem, new double[] {5, -4});
    assertEquals(1, result.theta()[0], 1e-2, result.reason().toString());
    assertEquals(1, result.theta()[1], 1e-2);
  }

  @Test
  void moreParametersThanResiduals() {
    var problem = new Problem(3, 2, (theta, into) -> into[0] = into[1] = theta[0]);
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {1, 2, 3});
    assertEquals(StopReason.UNDERDETERMINED, result.reason());
    assertFalse(result.reason().ok());
    assertTrue(result.advice().startsWith("3 parameters, but only 2 residuals"), result.advice());
    assertArrayEquals(new double[] {1, 2, 3}, result.theta());
  }

  @Test
  void aParameterWithoutInfluenceStaysWhereItIs() {
    var problem =
        new Problem(
            2,
            3,
            (theta, into) -> {
              for (int i = 0; i < 3; i++) {
                into[i] = i * theta[0] - 2 * i;
              }
            });
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {1, 7});
    assertTrue(result.reason().ok(), result.advice());
    assertArrayEquals(new double[] {2, 7}, result.theta(), 1e-8);
    var uncertainty = Uncertainty.of(problem, result.theta());
    assertNotNull(uncertainty);
    assertEquals(1, uncertainty.rank());
    assertEquals(Double.POSITIVE_INFINITY, uncertainty.standardErrors()[1]);
  }

  @Test
  void noInfluenceAtAll() {
    var problem = new Problem(1, 3, (_, into) -> into[0] = 1 + (into[1] = into[2] = 2));
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[1]);
    assertEquals(StopReason.NO_INFLUENCE, result.reason());
  }

  @Test
  void divergesAtTheStart() {
    var problem = new Problem(1, 2, (theta, into) -> into[0] = into[1] = Math.sqrt(theta[0]));
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {-1});
    assertEquals(StopReason.DIVERGED, result.reason());
    assertArrayEquals(new double[] {-1}, result.theta());
  }

  /**
   * The best step lies across a cliff where residuals are not finite: it is found by retreating.
   */
  @Test
  void divergesOnTheWay() {
    var problem =
        new Problem(
            1,
            2,
            (theta, into) -> {
              into[0] = theta[0] < 2 ? 1 - Math.log(2 - theta[0]) : Double.NaN;
              into[1] = 0.1 * theta[0];
            });
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {1.9});
    assertTrue(result.reason().ok(), result.advice());
    assertTrue(Double.isFinite(result.cost()));
  }

  @Test
  void derivativesThatOverflow() {
    Residuals problem =
        new Residuals() {
          @Override
          public int parameters() {
            return 1;
          }

          @Override
          public int count() {
            return 1;
          }

          @Override
          public void evaluate(double[] theta, double[] into) {
            into[0] = theta[0];
          }

          @Override
          public void linearise(double[] theta, ResidualRows rows) {
            rows.accept(0, theta[0], new double[] {Double.POSITIVE_INFINITY}, 0);
          }
        };
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {3});
    assertEquals(StopReason.JACOBIAN_NOT_FINITE, result.reason());
    assertArrayEquals(new double[] {3}, result.theta());
  }

  @Test
  void wrongDerivativesEndInDampingNotInALoop() {
    Residuals problem =
        new Residuals() {
          @Override
          public int parameters() {
            return 1;
          }

          @Override
          public int count() {
            return 1;
          }

          @Override
          public void evaluate(double[] theta, double[] into) {
            into[0] = theta[0];
          }

          @Override
          public void linearise(double[] theta, ResidualRows rows) {
            rows.accept(0, theta[0], new double[] {-1}, 0);
          }
        };
    var rules = new StopRules(0, 0, 0, 0, 100, Duration.ofHours(1));
    var result = LevenbergMarquardt.with(rules).fit(problem, new double[] {3});
    assertEquals(StopReason.DAMPING, result.reason());
    assertArrayEquals(new double[] {3}, result.theta());
  }

  @Test
  void stopsForEveryReason() {
    double[] start = {-1.2, 1};
    assertEquals(
        StopReason.ITERATIONS,
        LevenbergMarquardt.with(StopRules.iterations(2)).fit(ROSENBROCK, start).reason());
    assertEquals(
        StopReason.RMSE,
        LevenbergMarquardt.with(MANY.withRmse(0.5)).fit(ROSENBROCK, start).reason());
    assertEquals(
        StopReason.TIME,
        LevenbergMarquardt.with(MANY.withTime(Duration.ZERO)).fit(ROSENBROCK, start).reason());
    assertEquals(
        StopReason.CANCELLED,
        LevenbergMarquardt.with(MANY).fit(ROSENBROCK, start, i -> i.number() < 3).reason());
    assertEquals(
        StopReason.GRADIENT,
        LevenbergMarquardt.with(new StopRules(0.5, 0, 0, 0, 500, Duration.ofHours(1)))
            .fit(MISRA, new double[] {250, 0.0005})
            .reason());
    assertEquals(
        StopReason.COST,
        LevenbergMarquardt.with(new StopRules(0, 0, 0.01, 0, 500, Duration.ofHours(1)))
            .fit(MISRA, new double[] {250, 0.0005})
            .reason());
    assertEquals(
        StopReason.STEP,
        LevenbergMarquardt.with(new StopRules(0, 0.01, 0, 0, 500, Duration.ofHours(1)))
            .fit(MISRA, new double[] {250, 0.0005})
            .reason());
  }

  @Test
  void anObjectionEndsItAtOnce() {
    Residuals problem =
        new Residuals() {
          @Override
          public int parameters() {
            return 1;
          }

          @Override
          public int count() {
            return 2;
          }

          @Override
          public void evaluate(double[] theta, double[] into) {}

          @Override
          public void linearise(double[] theta, ResidualRows rows) {}

          @Override
          public @Nullable String objection() {
            return "the target is constant";
          }
        };
    var result = LevenbergMarquardt.with(MANY).fit(problem, new double[] {4});
    assertEquals(StopReason.NOTHING_TO_FIT, result.reason());
    assertEquals("the target is constant", result.advice());
    assertArrayEquals(new double[] {4}, result.theta());
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> new Damping.Nielsen(0));
    assertThrows(IllegalArgumentException.class, () -> new Damping.Factor(1, 1));
    assertThrows(IllegalArgumentException.class, () -> StopRules.iterations(-1));
    for (double memory : new double[] {-0.1, 1.1, Double.NaN}) {
      var method = LevenbergMarquardt.with(MANY);
      assertThrows(IllegalArgumentException.class, () -> method.withScaleMemory(memory));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> LevenbergMarquardt.with(MANY).fit(MISRA, new double[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Sequence(new double[1], new double[1], new double[] {-1}));
  }
}
