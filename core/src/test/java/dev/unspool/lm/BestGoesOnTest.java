// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestGoesOnTest {
  private static final MultiStart METHOD =
      MultiStart.bestGoesOn(
          LevenbergMarquardt.with(StopRules.iterations(5)),
          LevenbergMarquardt.with(StopRules.iterations(100)));

  /** One parameter: minima near −1 and 1, of which that near 1 is 0. */
  private static class TwoValleys implements Residuals {
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
      double x = theta[0];
      into[0] = x * x - 1;
      into[1] = 0.3 * (x - 1);
    }

    @Override
    public void linearise(double[] theta, ResidualRows rows) {
      double x = theta[0];
      rows.accept(0, x * x - 1, new double[] {2 * x}, 0);
      rows.accept(1, 0.3 * (x - 1), new double[] {0.3}, 0);
    }
  }

  private static List<double[]> starts(double... values) {
    var starts = new ArrayList<double[]>();
    for (double value : values) {
      starts.add(new double[] {value});
    }
    return starts;
  }

  @Test
  void theBestStartGoesOn() {
    var problem = new TwoValleys();
    assertTrue(METHOD.fit(problem, starts(-2), (_, _, _, _) -> true).theta()[0] < 0);
    var goingOn = new ArrayList<Integer>();
    var outcome =
        METHOD.fit(
            problem,
            starts(-2, -3, 2, -4),
            (start, further, _, _) -> {
              if (further) {
                goingOn.add(start);
              }
              return true;
            });
    assertEquals(2, outcome.start());
    assertEquals(1, outcome.theta()[0], 1e-9);
    assertEquals(0, outcome.score(), 1e-9);
    assertEquals(List.of(2), goingOn.stream().distinct().toList());
    assertTrue(outcome.iterations() > outcome.fit().iterations(), "both fits count");
  }

  @Test
  void aScoreDecidesWhatIsKept() {
    var liking = METHOD.scoredBy(theta -> Math.abs(theta[0] - 1.2), 0);
    var outcome = liking.fit(new TwoValleys(), starts(3), (_, _, _, _) -> true);
    assertFalse(outcome.byScore());
    assertEquals(1, outcome.fit().theta()[0], 1e-9);
    double kept = Math.abs(outcome.theta()[0] - 1.2);
    assertEquals(outcome.score(), kept, 0.0);
    assertTrue(kept <= 0.2 + 1e-9);

    var impatient = METHOD.scoredBy(theta -> -Math.abs(theta[0]), 2);
    var early = impatient.fit(new TwoValleys(), starts(3), (_, _, _, _) -> true);
    assertTrue(early.byScore());
    assertEquals(StopReason.CANCELLED, early.fit().reason());
    assertEquals(3, early.iterations(), "the first and two without a better score");
  }

  @Test
  void onlyWhatAFitComesToIsKept() {
    var start = METHOD.scoredBy(theta -> Math.abs(theta[0] - 3), 0);
    var outcome = start.fit(new TwoValleys(), starts(3));
    assertTrue(outcome.theta()[0] < 3 && outcome.score() > 0, outcome.toString());
  }

  @Test
  void scoresThatAreNotFiniteAreTheWorst() {
    var odd = METHOD.scoredBy(theta -> theta[0] > 0 ? Double.NaN : 5, 0);
    var outcome = odd.fit(new TwoValleys(), starts(2, -2), (_, _, _, _) -> true);
    assertEquals(1, outcome.start());
    assertEquals(5, outcome.score(), 0.0);
  }

  /** Without the residual that tells the valleys apart. */
  private static final class Part extends TwoValleys {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public void evaluate(double[] theta, double[] into) {
      into[0] = theta[0] * theta[0] - 1;
    }

    @Override
    public void linearise(double[] theta, ResidualRows rows) {
      rows.accept(0, theta[0] * theta[0] - 1, new double[] {2 * theta[0]}, 0);
    }
  }

  @Test
  void startsAreScreenedOnAPartAndTheWholeHasTheLastWord() {
    var goingOn = new ArrayList<Double>();
    MultiStart.Listener listener =
        (_, further, iteration, _) -> {
          if (further) {
            goingOn.add(iteration.rmse());
          }
          return true;
        };
    var outcome = METHOD.screenedOn(new Part()).fit(new TwoValleys(), starts(-1.5), listener);
    assertTrue(outcome.theta()[0] < 0, "one start needs no screening");
    goingOn.clear();
    outcome = METHOD.screenedOn(new Part()).fit(new TwoValleys(), starts(-1.5, -9), listener);
    assertEquals(0, outcome.start());
    assertEquals(outcome.fit().rmse(), outcome.score(), 1e-12, "not that of the part, which is 0");
    assertEquals(outcome.fit().theta()[0], outcome.theta()[0], 0.0);
    assertFalse(goingOn.isEmpty());
    var liking = METHOD.scoredBy(theta -> Math.abs(theta[0] - 1), 0).screenedOn(new Part());
    assertEquals(1, liking.fit(new TwoValleys(), starts(-2, 2), listener).start());
  }

  @Test
  void aStartThatDivergesOnTheWholeMakesWay() {
    var whole =
        new TwoValleys() {
          @Override
          public void evaluate(double[] theta, double[] into) {
            super.evaluate(theta, into);
            into[0] = theta[0] > 0 ? Double.NaN : into[0];
          }
        };
    var liking = METHOD.scoredBy(theta -> Math.abs(theta[0] - 1), 0).screenedOn(new Part());
    var outcome = liking.fit(whole, starts(2, -2), (_, _, _, _) -> true);
    assertEquals(1, outcome.start());
    var none = liking.fit(whole, starts(2, 3), (_, _, _, _) -> true);
    assertEquals(StopReason.DIVERGED, none.fit().reason());
    assertTrue(none.iterations() > 0);
  }

  @Test
  void aPartThatCannotBeFittedIsNotUsed() {
    var constant =
        new TwoValleys() {
          @Override
          public String objection() {
            return "constant";
          }
        };
    var outcome =
        METHOD.screenedOn(constant).fit(new TwoValleys(), starts(-2, 2), (_, _, _, _) -> true);
    assertEquals(1, outcome.start());
    var longer =
        new TwoValleys() {
          @Override
          public int parameters() {
            return 2;
          }
        };
    assertThrows(
        IllegalArgumentException.class,
        () -> METHOD.screenedOn(longer).fit(new TwoValleys(), starts(1, 2), (_, _, _, _) -> true));
  }

  @Test
  void theListenerEndsEverything() {
    var told = new ArrayList<Integer>();
    var outcome =
        METHOD.fit(
            new TwoValleys(),
            starts(-2, 2),
            (start, _, _, _) -> {
              told.add(start);
              return told.size() < 2;
            });
    assertEquals(List.of(0, 0), told);
    assertEquals(StopReason.CANCELLED, outcome.fit().reason());
  }

  @Test
  void aStartThatDivergesLosesAndAHopelessProblemIsTriedOnce() {
    var outcome = METHOD.fit(new TwoValleys(), starts(1e200, -2), (_, _, _, _) -> true);
    assertEquals(1, outcome.start());
    var only = METHOD.fit(new TwoValleys(), starts(1e200), (_, _, _, _) -> true);
    assertEquals(StopReason.DIVERGED, only.fit().reason());
    assertThrows(
        IllegalArgumentException.class,
        () -> METHOD.fit(new TwoValleys(), List.of(), (_, _, _, _) -> true));
    assertThrows(IllegalArgumentException.class, () -> METHOD.scoredBy(_ -> 0, -1));
  }
}
