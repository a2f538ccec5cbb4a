// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** What holds arrays is equal and printed by what is in them. */
final class ValuesTest {
  private static FitResult result(double theta) {
    return new FitResult(
        new double[] {1, theta}, 0.5, 0.1, 7, 9, 0.25, 1e-3, StopReason.STEP, "done");
  }

  private static MultiStart.Outcome outcome(double theta) {
    return new MultiStart.Outcome(2, new double[] {theta}, 0.5, 7, true, result(3));
  }

  private static Iteration iteration(double theta) {
    return new Iteration(1, 0.5, 1e-3, 0.25, 2, 0.125, new double[] {theta});
  }

  private static Sequence sequence(double input) {
    return Sequence.of(new double[] {1, input}, new double[] {3, Double.NaN}, 2);
  }

  private static void assertDiffer(Object one, Object same, Object other) {
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertNotEquals(one, other);
  }

  @Test
  void arraysAreComparedByTheirNumbers() {
    assertDiffer(result(2), result(2), result(4));
    assertDiffer(outcome(2), outcome(2), outcome(4));
    assertDiffer(iteration(2), iteration(2), iteration(4));
    assertDiffer(sequence(2), sequence(2), sequence(4));
  }

  @Test
  void arraysArePrintedWithTheirNumbers() {
    String result =
        "FitResult[theta=[1.0, 3.0], cost=0.5, rmse=0.1, iterations=7, evaluations=9, seconds=0.25, lambda=0.001, reason=%s, advice=done]"
            .formatted(StopReason.STEP);
    assertEquals(result, result(3).toString());
    assertEquals(
        "Outcome[start=2, theta=[4.0], score=0.5, iterations=7, byScore=true, fit=%s]"
            .formatted(result),
        outcome(4).toString());
    assertEquals(
        "Iteration[number=1, rmse=0.5, lambda=0.001, gradient=0.25, attempts=2, seconds=0.125, theta=[4.0]]",
        iteration(4).toString());
    assertEquals("Sequence[2 steps]", sequence(4).toString());
  }
}
