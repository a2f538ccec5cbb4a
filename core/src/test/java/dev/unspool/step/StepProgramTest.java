// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepProgramTest {
  static Signal lstm(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    Signal z =
        s.linear("weight_ih", "bias_ih", x, 4 * hidden)
            .plus(s.linear("weight_hh", "bias_hh", h, 4 * hidden));
    Signal i = z.part(0, 4).sigmoid();
    Signal f = z.part(1, 4).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal o = z.part(3, 4).sigmoid();
    Signal next = s.next(c, f.times(c).plus(i.times(g)));
    return s.next(h, o.times(next.tanh()));
  }

  @Test
  void equationsCanBeRead() {
    var program =
        StepProgram.of(3, (s, x) -> s.linear("out", "bias", s.layer(0, () -> lstm(s, x, 8)), 2));
    assertEquals(
        """
        t1 = (weight_ih_l0·x + bias_ih_l0) + (weight_hh_l0·layer0.h + bias_hh_l0)
        layer0.c' = layer0.c·σ(t1[8:16]) + σ(t1[0:8])·tanh(t1[16:24])
        layer0.h' = σ(t1[24:32])·tanh(layer0.c')
        y = out·layer0.h' + bias""",
        program.toString());
  }

  /** What an index names must be there: nothing else is read or written in its place. */
  @Test
  void anIndexOfMoreClassesThanRowsIsRefused() {
    refused(
        () -> StepProgram.ofIndex(5, (s, x) -> s.lookUp(s.matrix("table", 3, 2), x)),
        "table",
        "3 rows",
        "5 classes");
    refused(() -> StepProgram.ofIndex(5, (s, x) -> s.oneHot(x, 3)), "3 rows", "5 classes");
    StepProgram.ofIndex(5, (s, x) -> s.lookUp(s.matrix("table", 6, 2), x));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, 3, Float.NaN, Float.POSITIVE_INFINITY, 1e20f})
  void anIndexThatNamesNothingIsRefusedWhenItComes(float index) {
    var table = StepProgram.of(1, (s, x) -> s.lookUp(s.matrix("table", 3, 2), x));
    refusesIndex(table, index, "an index into table (3 × 2) is");
    var units = StepProgram.of(1, (s, x) -> s.oneHot(x.minus(1), 3));
    refusesIndex(units, index + 1, "an index into one-hot is");
  }

  @Test
  void anIndexOfWeightsThatNamesNothingIsRefused() {
    var program =
        StepProgram.of(
            1, (s, x) -> x.plus(s.lookUp(s.matrix("table", 3, 1), s.vector("index", 1).plus(7))));
    var theta = program.initialise(new SplitMix64(1));
    refused(
        () -> program.open(theta, TapeOptions.inference(2)),
        "an index into table (3 × 1) is",
        "expected one from 0 to 2");
  }

  @ParameterizedTest
  @CsvSource({"0.7, 0", "-0.5, 0", "2.5, 2", "1, 1"})
  void theFractionOfAnIndexIsCutOff(float index, int row) {
    var program =
        StepProgram.of(1, (s, x) -> s.join(s.lookUp(s.matrix("table", 3, 2), x), s.oneHot(x, 3)));
    var theta = program.initialise(new SplitMix64(1));
    var inputs = Steps.allocate(1, 1, 1);
    inputs.set(0, 0, 0, index);
    try (var tape = program.open(theta, TapeOptions.training(1, 1))) {
      tape.forward(inputs);
      float[] y = tape.outputs(1).copy().values();
      float[] table = theta.get("table");
      for (int i = 0; i < 2; i++) {
        assertEquals(table[2 * row + i], y[i]);
      }
      for (int i = 0; i < 3; i++) {
        assertEquals(i == row ? 1 : 0, y[2 + i]);
      }
      var gradient = new Gradient(program.parameters());
      var ones = Steps.allocate(1, 1, 5);
      ones.fill(1);
      tape.backward(1, new Adjoint(ones, gradient));
      for (int i = 0; i < 6; i++) {
        assertEquals(i / 2 == row ? 1 : 0, gradient.values()[i]);
      }
    }
  }

  private static void refusesIndex(StepProgram program, float index, String words) {
    var theta = program.initialise(new SplitMix64(1));
    var inputs = Steps.allocate(1, 2, 1);
    inputs.set(0, 1, 0, index);
    inputs.set(0, 0, 0, 1);
    try (var tape = program.open(theta, TapeOptions.inference(2))) {
      refused(
          () -> {
            tape.forward(inputs);
            tape.outputs(1);
          },
          words,
          "expected one from 0 to 2");
    }
  }
}
