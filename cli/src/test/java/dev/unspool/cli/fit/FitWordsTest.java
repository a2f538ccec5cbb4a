// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.run.FreeRunFigures;
import dev.unspool.lm.StopReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said about a fit. */
final class FitWordsTest {
  private static FitFigures figures(FreeRunFigures part, String reason) {
    return new FitFigures(part, null, part, 320, 40, reason, 1, 2, 9, "advice", "none");
  }

  @Test
  void columnsOfAnExplodedSimulationStayApart() {
    var part =
        new FreeRunFigures(3.365e11, 2e11, -83662995870748.75, 3.365e11, -8e13, 123456, null);
    for (String line : FitTable.of(figures(part, "cost")).subList(1, 3)) {
      assertTrue(
          line.matches(
              "\\w+ +123456 +3\\.365e\\+11 +2\\.000e\\+11 +< -1000 % +3\\.365e\\+11 +< -1000 %"),
          line);
    }
  }

  @ParameterizedTest
  @EnumSource(StopReason.class)
  void everyReasonToStopIsSaidInWords(StopReason reason) {
    var part = new FreeRunFigures(1.0, 0.8, 50.0, null, null, 10, null);
    String ending = figures(part, reason.label()).ending();
    assertTrue(
        ending.matches(
            "320 iterations of start 2, (stopped by|stopped at|conv|inter|stuck|not|div).*"),
        ending);
  }

  /** What a model is made of is settled where it begins with other weights. */
  @ParameterizedTest
  @EnumSource(StopReason.class)
  void adviceNamesOnlyOptionsThatThereAre(StopReason reason) {
    for (String said : List.of(Advice.GOING_ON.of(reason), Advice.GOING_ON.cure())) {
      for (String option : List.of("--starts", "--seed", "--hidden", "--normalise", "delays")) {
        assertFalse(said.contains(option), said);
      }
    }
    assertTrue(Advice.GOING_ON.of(reason).length() > 10, "something is said");
  }

  @ParameterizedTest
  @CsvSource({"40, 320, would hardly help", "300, 320, may improve it further"})
  void moreIterationsAreAdvisedOnlyWhereTheyHaveHelpedOfLate(int best, int all, String said) {
    String advice = Advice.ofLimit(best, all);
    assertTrue(advice.startsWith("the validation part last improved at iteration " + best), advice);
    assertTrue(advice.contains(said), advice);
  }

  @Test
  void whatRunsAwayIsFound() {
    double[] measured = {1, 20, 3, 40, 2, 30};
    double[] simulated = {1, 20, 11, 129, 2, -71};
    var trace = new Trace(100, 3, 2, measured, simulated);
    assertEquals(102, trace.runsAwayAt(new double[0], 10), "30 ± 10 times 10 is left");
    assertEquals(-1, trace.runsAwayAt(new double[] {0, 0, 4, 50}, 10));
    assertEquals(List.of(-1), List.of(trace.divergesAt()));
  }
}
