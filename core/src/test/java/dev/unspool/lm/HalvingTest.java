// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Fits that share one budget of iterations. */
class HalvingTest {

  /** One parameter, two residuals: a valley and ripples across it. */
  private record Rippled(DoubleUnaryOperator height) implements Residuals {
    @Override
    public int parameters() {
      return 1;
    }

    @Override
    public int count() {
      return 2;
    }

    @Override
    public void evaluate(double[] theta, double[] into) {
      into[0] = (theta[0] - 3) / 4;
      into[1] = height.applyAsDouble(theta[0]);
    }

    @Override
    public void linearise(double[] theta, ResidualRows rows) {
      double h = 1e-6;
      double slope =
          (height.applyAsDouble(theta[0] + h) - height.applyAsDouble(theta[0] - h)) / (2 * h);
      rows.accept(0, (theta[0] - 3) / 4, new double[] {0.25}, 0);
      rows.accept(1, height.applyAsDouble(theta[0]), new double[] {slope}, 0);
    }
  }

  private static final Rippled RIPPLED = new Rippled(x -> 2 * Math.sin(2 * (x - 3)));

  private static LevenbergMarquardt method(int iterations) {
    return LevenbergMarquardt.with(StopRules.iterations(iterations));
  }

  private static List<double[]> starts(double... values) {
    var starts = new ArrayList<double[]>();
    for (double value : values) {
      starts.add(new double[] {value});
    }
    return starts;
  }

  @Test
  void findsTheLowestOfManyMinima() {
    var alone = method(60).fit(RIPPLED, new double[] {-6});
    assertTrue(alone.cost() > 0.1, "the problem has no local minimum: " + alone.cost());
    var result = MultiStart.halving(method(60), 5).fit(RIPPLED, starts(-6, -2, 0.2, 2.6, 9));
    assertEquals(3, result.theta()[0], 1e-6);
    assertTrue(result.fit().reason().ok());
  }

  @Test
  void allFitsShareTheIterations() {
    for (int fits = 1; fits <= 9; fits++) {
      for (int iterations : new int[] {0, 1, 5, 20}) {
        int[] told = {0};
        var first = starts(-6, -5, -4, -3, -2, 0, 7, 8, 9).subList(0, fits);
        var result =
            MultiStart.halving(method(iterations), fits)
                .fit(
                    RIPPLED,
                    first,
                    (_, _, _, _) -> {
                      told[0]++;
                      return true;
                    });
        String what = fits + " fits, " + iterations + " iterations";
        assertTrue(result.iterations() <= iterations, what + ": " + result.iterations());
        assertTrue(told[0] <= result.iterations(), what);
        assertTrue(result.fit().evaluations() >= fits, what);
      }
    }
  }

  @Test
  void oneStartIsAPlainFit() {
    var plain = method(30).fit(RIPPLED, new double[] {-6});
    var result = MultiStart.halving(method(30), 4).fit(RIPPLED, starts(-6));
    assertEquals(plain.cost(), result.fit().cost());
    assertEquals(plain.iterations(), result.iterations());
    assertEquals(plain.reason(), result.fit().reason());
  }

  @Test
  void onlyTheBestOfManyStartsAreFitted() {
    var begun = new ArrayList<Double>();
    var result =
        MultiStart.halving(method(1), 1)
            .fit(
                new Rippled(
                    x -> {
                      begun.add(x);
                      return RIPPLED.height().applyAsDouble(x);
                    }),
                starts(-6, 2.9, 9, Double.NaN));
    assertEquals(2.9, begun.get(4), "the fitted one comes after the four that were looked at");
    assertTrue(result.fit().evaluations() >= 5);
  }

  @Test
  void aStartThatDivergesDoesNotSpoilTheOthers() {
    var half = new Rippled(x -> x < 0 ? Double.NaN : RIPPLED.height().applyAsDouble(x));
    var result = MultiStart.halving(method(40), 3).fit(half, starts(-1, 2.6, -5));
    assertEquals(3, result.theta()[0], 1e-6);
    var none = MultiStart.halving(method(40), 3).fit(half, starts(-1, -2));
    assertEquals(StopReason.DIVERGED, none.fit().reason());
    assertEquals(-1, none.theta()[0]);
  }

  @Test
  void endsAsSoonAsItIsToldOrTheTimeIsOver() {
    var told = new ArrayList<Iteration>();
    var cancelled =
        MultiStart.halving(method(40), 3)
            .fit(
                RIPPLED,
                starts(-6, 2.6, 9),
                (_, _, iteration, _) -> {
                  told.add(iteration);
                  return told.size() < 2;
                });
    assertEquals(2, told.size());
    assertEquals(2, cancelled.iterations());
    var brief = LevenbergMarquardt.with(StopRules.iterations(40).withTime(Duration.ZERO));
    assertEquals(1, MultiStart.halving(brief, 3).fit(RIPPLED, starts(-6, 2.6, 9)).iterations());
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> MultiStart.halving(method(1), 0));
    var multi = MultiStart.halving(method(1), 2);
    assertThrows(IllegalArgumentException.class, () -> multi.fit(RIPPLED, List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> multi.fit(RIPPLED, List.of(new double[] {1, 2})));
  }
}
