// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import dev.unspool.step.Weights;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What an author can get wrong: one sentence, with both numbers and the line in this file. */
class StepRefusalTest {
  private static final String HERE = "StepRefusalTest.java:";

  private static void wrong(StepProgram.Equations equations, String... words) {
    Runnable written = () -> StepProgram.of(3, equations);
    refused(written, words);
    refused(written, HERE);
    String message =
        String.valueOf(assertThrows(RuntimeException.class, written::run).getMessage());
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void widthsThatDoNotFit() {
    wrong(
        (s, x) -> x.plus(s.vector("v", 4)), "x of width 3", "v of width 4", "widths must be equal");
    wrong((s, x) -> x.times(s.vector("v", 4)), "x of width 3", "v of width 4");
    wrong((s, x) -> x.over(s.vector("v", 4)), "x of width 3", "v of width 4");
    wrong((s, x) -> x.max(s.vector("v", 2)), "x of width 3", "v of width 2");
    wrong((s, x) -> x.ifPositive(s.vector("v", 2), x), "x of width 3", "v of width 2");
    wrong((s, x) -> x.times(s.matrix("w", 2, 5)), "w (2 × 5) takes a width of 5", "x of width 3");
    wrong((s, x) -> x.timesTransposed(s.matrix("w", 2, 5)), "transposed", "2", "x of width 3");
    wrong((s, x) -> s.next(s.state("h", 4), x), "'h' has a width of 4", "x of width 3");
    wrong((s, x) -> s.state("h", 4, s.vector("v", 3)), "'h' has a width of 4", "v of width 3");
    wrong((s, x) -> s.lookUp(s.matrix("table", 5, 2), x), "table (5 × 2)", "one index", "width 3");
    wrong((s, x) -> s.oneHot(x, 5), "one-hot", "x of width 3");
    wrong((s, x) -> s.oneHot(x.slice(0, 1), 0), "one-hot of 0 classes");
  }

  @Test
  void partsThatDoNotDivide() {
    wrong((_, x) -> x.part(0, 2), "part 0 of 2", "x of width 3", "multiple");
    wrong((_, x) -> x.part(3, 3), "part 3 of 3");
    wrong((_, x) -> x.part(0, 0), "part 0 of 0");
    wrong((_, x) -> x.slice(2, 2), "units 2 to 3", "x of width 3");
    wrong((_, x) -> x.slice(1, 0), "x of width 3");
    wrong((_, x) -> x.slice(-1, 2), "units -1 to 0");
    wrong((_, x) -> x.repeat(0), "repeated 0 times");
    wrong((_, x) -> x.repeat(Integer.MAX_VALUE), "a width of more than");
    wrong((_, x) -> x.sum(2), "sum over 2 groups", "x of width 3", "multiple");
    wrong((_, x) -> x.mean(2), "sum over 2 groups", "x of width 3");
    wrong((_, x) -> x.max(0), "max over 0 groups", "x of width 3");
    wrong((_, x) -> x.mean(0), "sum over 0 groups");
    wrong((_, x) -> x.softmax(2), "max over 2 groups", "x of width 3");
    wrong((_, x) -> x.softmax(0), "max over 0 groups", "x of width 3");
    wrong((s, _) -> s.join(), "a join of no signals");
  }

  @Test
  void states() {
    wrong((s, x) -> x.plus(s.state("h", 3)), "state 'h'", "never given a next value", "next(");
    wrong(
        (s, x) -> {
          Signal h = s.state("h", 3);
          s.next(h, x);
          return s.next(h, h);
        },
        "state 'h' has a next value already");
    wrong((s, x) -> s.next(x, x), "x of width 3", "is not a state");
    wrong((s, x) -> s.next(s.state("h", 3).plus(1), x), "is not a state");
    wrong((s, _) -> s.state("h", 0), "'h' has a width of 0");
    wrong((s, _) -> s.state("h", 2).plus(s.state("h", 2)), "'h' is there already");
    wrong((s, x) -> s.state("h", 3, x), "'h' begins as x of width 3", "parameters alone");
    wrong((_, x) -> x.delay(-1), "a delay of -1 steps");
  }

  @Test
  void parameters() {
    wrong((s, _) -> s.vector("v", 3).plus(s.vector("v", 3)), "parameter 'v' is there already");
    wrong((s, x) -> s.linear("v", "v", x, 3), "parameter 'v' is there already");
    wrong((s, _) -> s.vector("v", 0), "'v'");
    wrong((s, x) -> x.times(s.matrix("w", 0, 3)), "'w'");
  }

  @Test
  void numbersOutOfRange() {
    wrong((_, x) -> x.clip(1, 0), "from 1.0 to 0.0", "empty");
    wrong((_, x) -> x.clip(Double.NaN, 0), "NaN");
    wrong((_, x) -> x.dropout(1), "dropout of 1.0");
    wrong((_, x) -> x.dropout(-0.1), "dropout of -0.1");
  }

  @Test
  @SuppressWarnings("NullAway") // whose author does not use it
  void noOutput() {
    refused(() -> StepProgram.of(3, (_, _) -> null), "yields no output");
    refused(() -> StepProgram.of(0, (_, x) -> x), "0 inputs", "at least 1");
    refused(() -> StepProgram.ofIndex(0, (s, x) -> s.oneHot(x, 2)), "0 classes", "at least 1");
  }

  @Test
  void aSignalHasNoNumber() {
    refused(
        UnsupportedOperationException.class,
        () -> StepProgram.of(3, (_, x) -> x.value() > 0 ? x : x.negated()),
        "x of width 3",
        "no number",
        "ifPositive",
        HERE);
  }

  @Test
  void whatBelongsToAnotherStep() {
    var signals = new ArrayList<Signal>();
    var weights = new ArrayList<Weights>();
    StepProgram.of(
        3,
        (s, x) -> {
          signals.add(x);
          weights.add(s.matrix("other", 3, 3));
          return x;
        });
    Signal other = signals.getFirst();
    wrong((_, x) -> x.plus(other), "belongs to another step");
    wrong((s, x) -> s.next(s.state("h", 3), other).plus(x), "belongs to another step");
    wrong((s, x) -> s.join(x, other), "belongs to another step");
    wrong((_, _) -> other, "belongs to another step");
    wrong((_, x) -> x.times(weights.getFirst()), "other (3 × 3)", "another step");
  }
}
