// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classic problems with known answers, and everything that may go wrong. */
class LevenbergMarquardtTest {
  private static final StopRules MANY = StopRules.iterations(500);

  /** Residuals with a Jacobian by central differences. */
  private record Problem(int parameters, int count, Function function) implements Residuals {
    interface Function {
      void residuals(double[] theta, double[] into);
    }

    @Override
    public void evaluate(double[] theta, double[] into) {
      function.residuals(theta, into);
    }

    @Override
    public void linearise(double[] theta, ResidualRows rows) {
      double[][] columns = new double[parameters][count];
      double[] other = new double[count];
      double[] moved = theta.clone();
      for (int p = 0; p < parameters; p++) {
        double h = 1e-6 * Math.max(1, Math.abs(theta[p]));
        moved[p] = theta[p] + h;
        evaluate(moved, columns[p]);
        moved[p] = theta[p] - h;
        evaluate(moved, other);
        moved[p] = theta[p];
        for (int i = 0; i < count; i++) {
          columns[p][i] = (columns[p][i] - other[i]) / (2 * h);
        }
      }
      evaluate(theta, other);
      double[] row = new double[parameters];
      for (int i = 0; i < count; i++) {
        for (int p = 0; p < parameters; p++) {
          row[p] = columns[p][i];
        }
        rows.accept(i, other[i], row, 0);
      }
    }
  }

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

  @Test
  void quantilesOfStudentsDistribution() {
    assertEquals(12.7062, StudentT.quantile(0.975, 1), 1e-3);
    assertEquals(2.17881, StudentT.quantile(0.975, 12), 1e-4);
    assertEquals(2.22814, StudentT.quantile(0.975, 10), 1e-4);
    assertEquals(1.65657, StudentT.quantile(0.95, 131), 1e-4);
    assertEquals(1.95996, StudentT.quantile(0.975, 1_000_000), 1e-4);
    assertEquals(0, StudentT.quantile(0.5, 7), 1e-9);
  }

  @Test
  void predictionIntervalsCoverAsOftenAsTheySay() {
    var random = new SplitMix64(3);
    int covered = 0;
    int trials = 2000;
    for (int trial = 0; trial < trials; trial++) {
      double[] y = new double[12];
      for (int i = 0; i < y.length; i++) {
        y[i] = 2 + 0.5 * i + random.nextGaussian();
      }
      var line =
          new Problem(
              2,
              12,
              (theta, into) -> {
                for (int i = 0; i < 12; i++) {
                  into[i] = theta[0] + theta[1] * i - y[i];
                }
              });
      var result = LevenbergMarquardt.with(MANY).fit(line, new double[2]);
      var uncertainty = Uncertainty.of(line, result.theta());
      assertNotNull(uncertainty);
      double half = uncertainty.predictionHalfWidth(new double[] {1, 15}, 0, 0.9);
      double predicted = result.theta()[0] + 15 * result.theta()[1];
      covered += Math.abs(2 + 0.5 * 15 + random.nextGaussian() - predicted) < half ? 1 : 0;
    }
    assertEquals(0.9, covered / (double) trials, 0.02);
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

  /** As the two biases of an LSTM: predictions are as sure as with one parameter for both. */
  @Test
  void twoParametersOfWhichOnlyTheSumIsSeen() {
    double[] noise = {0.3, -0.1, 0.2, -0.4, 0.1, -0.2};
    var single = new Problem(2, 6, (theta, into) -> line(theta[0], theta[1], noise, into));
    var twice =
        new Problem(3, 6, (theta, into) -> line(theta[0] + theta[2], theta[1], noise, into));
    var method = LevenbergMarquardt.with(MANY);
    var expected = Uncertainty.of(single, method.fit(single, new double[2]).theta());
    var found = Uncertainty.of(twice, method.fit(twice, new double[3]).theta());
    assertNotNull(expected);
    assertNotNull(found);
    assertEquals(2, found.rank());
    assertEquals(4, found.degreesOfFreedom());
    assertEquals(expected.sigma(), found.sigma(), 1e-9);
    assertEquals(expected.standardErrors()[1], found.standardErrors()[1], 1e-9);
    assertEquals(Double.POSITIVE_INFINITY, found.standardErrors()[0]);
    assertEquals(Double.POSITIVE_INFINITY, found.standardErrors()[2]);
    assertEquals(
        expected.predictionHalfWidth(new double[] {1, 9}, 0, 0.9),
        found.predictionHalfWidth(new double[] {1, 9, 1}, 0, 0.9),
        1e-9);
    double unseen = found.predictionHalfWidth(new double[] {1, 9, 0}, 0, 0.9);
    assertEquals(Double.POSITIVE_INFINITY, unseen);
  }

  private static void line(double constant, double slope, double[] noise, double[] into) {
    for (int i = 0; i < noise.length; i++) {
      into[i] = constant + slope * i - 2 - 0.5 * i - noise[i];
    }
  }

  @Test
  void nothingIsSureOfAsManyResidualsAsParameters() {
    assertNull(Uncertainty.of(ROSENBROCK, new double[] {1, 1}));
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
