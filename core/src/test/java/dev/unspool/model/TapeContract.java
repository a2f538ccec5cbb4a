// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Refused.refused;
import static dev.unspool.model.Tapes.LANES;
import static dev.unspool.model.Tapes.assertEqual;
import static dev.unspool.model.Tapes.inputs;
import static dev.unspool.model.Tapes.lane;
import static dev.unspool.model.Tapes.norm;
import static dev.unspool.model.Tapes.options;
import static dev.unspool.model.Tapes.seed;
import static dev.unspool.model.Tapes.sensitivities;
import static dev.unspool.model.Tapes.someEvents;
import static dev.unspool.model.Tapes.sweep;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.reference.Parts;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Tape} keeps to, whoever made it: how steps are appended, what outputs, states
 * and resets are, and which arguments are refused. Nothing but the interface is used.
 */
public abstract class TapeContract {
  /** For the tests of an implementation. */
  protected TapeContract() {}

  /** A model with numeric inputs and without dropout. */
  protected abstract Model model();

  /** Steps of the test that a tape is bounded. */
  protected int manySteps() {
    return 1_000_000;
  }

  /** Largest relative difference between a block of steps and the same steps one by one. */
  protected double blockTolerance() {
    return 2e-6;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 11})
  void blocksOfAnyLengthGiveTheSameNumbers(int length) {
    for (WeightPolicy policy : WeightPolicy.values()) {
      TapeRun one = new TapeRun(model(), options(5, 4, policy));
      TapeRun many = new TapeRun(model(), options(5, 4, policy));
      for (int round = 0; round < 3; round++) {
        Steps x = inputs(one.model, length, LANES, round);
        LaneEvents resets = someEvents(length, round);
        many.tape.forward(x, resets);
        for (int t = 0; t < length; t++) {
          one.tape.forward(x.view(t, t + 1), Parts.of(resets, t, t + 1));
        }
        assertEquals(Math.min(5, (round + 1) * length), many.tape.held());
        many.assertClose(one, 2, blockTolerance(), policy + ", round " + round);
        one.change(round);
        many.change(round);
      }
    }
  }

  @Test
  void anEmptyBlockChangesNothing() {
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 3, LANES, 1));
    run.tape.reset(1);
    State before = run.tape.state();
    run.tape.forward(inputs(run.model, 0, LANES, 1));
    assertEqual(before, run.tape.state());
    assertEquals(3, run.tape.held());
  }

  @Test
  void aTapeIsBounded() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape tape = model.open(theta, options(20, 3, WeightPolicy.AS_APPLIED))) {
      Steps block = inputs(model, 7, LANES, 1);
      long size = -1;
      for (int steps = 0; steps < manySteps(); steps += 7) {
        tape.forward(block);
        if (steps % 10_000 < 7 && steps >= 20) {
          tape.outputs(1);
          tape.parametersChanged();
          tape.forward(block);
          assertEquals(20, tape.held());
          long now = size(tape);
          assertTrue(size < 0 || now == size, "%s values, then %s".formatted(size, now));
          size = now;
          tape.forward(block);
          tape.forward(block);
        }
      }
      assertEquals(20, tape.held());
    }
  }

  /** How many values a tape holds, whatever it holds them in. */
  private static long size(Tape tape) {
    var snapshot = new Snapshot();
    tape.save(snapshot);
    long size = 0;
    for (var entry : snapshot.entries().entrySet()) {
      // Old versions of the weights are kept as long as a step needs them: how many differs.
      if (entry.getKey().startsWith("weights.")) {
        continue;
      }
      size +=
          switch (entry.getValue()) {
            case Snapshot.Floats(float[] values) -> values.length;
            case Snapshot.Doubles(double[] values) -> values.length;
            case Snapshot.Longs(long[] values) -> values.length;
          };
    }
    return size;
  }

  @Test
  void outputsAreKeptAfterTheirStepsHaveFallenOff() {
    TapeRun small = new TapeRun(model(), options(1, 6, WeightPolicy.AS_APPLIED));
    TapeRun large = new TapeRun(model(), options(9, 6, WeightPolicy.AS_APPLIED));
    for (int t = 0; t < 9; t++) {
      Steps x = inputs(small.model, 1, LANES, t);
      small.tape.forward(x);
      large.tape.forward(x);
      int count = Math.min(6, t + 1);
      assertArrayEquals(
          large.tape.outputs(count).copy().values(), small.tape.outputs(count).copy().values());
    }
  }

  @Test
  void outputsThatWereNeverComputedAreNotInvented() {
    TapeRun run = new TapeRun(model(), options(2, 6, WeightPolicy.AS_APPLIED));
    Steps x = inputs(run.model, 1, LANES, 1);
    run.tape.forward(x);
    run.tape.outputs(1);
    for (int t = 0; t < 3; t++) {
      run.tape.forward(x);
    }
    assertEquals(2, run.tape.outputs(2).steps());
    refused(IllegalStateException.class, () -> run.tape.outputs(3), "3 steps", "only 2");
  }

  @Test
  void noOutputsBeforeTheFirstStep() {
    TapeRun run = new TapeRun(model(), options(2, 6, WeightPolicy.AS_APPLIED));
    assertThrows(IllegalStateException.class, () -> run.tape.outputs(1));
    run.tape.forward(inputs(run.model, 2, LANES, 1));
    run.tape.outputs(2);
    run.tape.restore(run.tape.state());
    assertThrows(IllegalStateException.class, () -> run.tape.outputs(1));
    assertEquals(0, run.tape.held());
  }

  @Test
  void aResetAffectsItsLaneOnlyAndLetsNoGradientThrough() {
    TapeRun run = new TapeRun(model(), options(6, 6, WeightPolicy.AS_APPLIED));
    TapeRun plain = new TapeRun(model(), options(6, 6, WeightPolicy.AS_APPLIED));
    Steps x = inputs(run.model, 6, LANES, 1);
    LaneEvents resets = new LaneEvents(6, LANES);
    resets.set(3, 1, true);
    run.tape.forward(x, resets);
    plain.tape.forward(x);
    TapeRun late = new TapeRun(model(), options(6, 6, WeightPolicy.AS_APPLIED));
    late.tape.forward(x.view(3, 6));
    int outputs = run.model.outputs();
    for (int t = 0; t < 6; t++) {
      for (int f = 0; f < outputs; f++) {
        assertEquals(plain.tape.outputs(6).get(t, 0, f), run.tape.outputs(6).get(t, 0, f), 1e-6f);
        float expected =
            t < 3 ? plain.tape.outputs(6).get(t, 1, f) : late.tape.outputs(3).get(t - 3, 1, f);
        assertEquals(expected, run.tape.outputs(6).get(t, 1, f), 1e-6f);
      }
    }
    var found = sensitivities(sweep(run.model, run.tape, 6, seed(run.model, 1, LANES, 3)));
    for (int t = 0; t < 6; t++) {
      boolean cut = t < 3;
      assertEquals(cut, norm(lane(found.inputs(), t, 1)) == 0, "x of step " + t);
      assertTrue(norm(lane(found.inputs(), t, 0)) > 0);
      for (var array : run.model.state().arrays()) {
        assertEquals(0, cut ? norm(lane(found.state(array.name()), t, 1)) : 0, array.name());
        assertTrue(norm(lane(found.state(array.name()), t, 0)) > 0, array.name());
      }
    }
  }

  @Test
  void resettingALaneIsAResetWithTheNextStep() {
    TapeRun flag = new TapeRun(model(), options(4, 4, WeightPolicy.AS_APPLIED));
    TapeRun call = new TapeRun(model(), options(4, 4, WeightPolicy.AS_APPLIED));
    Steps x = inputs(flag.model, 3, LANES, 1);
    flag.tape.forward(x);
    call.tape.forward(x);
    call.tape.reset(1);
    LaneEvents resets = new LaneEvents(3, LANES);
    resets.set(0, 1, true);
    flag.tape.forward(x, resets);
    call.tape.forward(x);
    flag.assertClose(call, 3, 0, "after a reset");
    flag.tape.forward(x);
    call.tape.forward(x); // the reset was for one step
    flag.assertClose(call, 3, 0, "later");
  }

  @Test
  void everyArrayOfTheStateIsCarriedSavedAndRestored() {
    TapeRun run = new TapeRun(model(), options(4, 4, WeightPolicy.AS_APPLIED));
    Steps x = inputs(run.model, 4, LANES, 1);
    run.tape.forward(x);
    State state = run.tape.state();
    run.tape.forward(x);
    float[] expected = run.tape.outputs(4).copy().values();
    run.tape.restore(state);
    assertEqual(state, run.tape.state());
    run.tape.forward(x);
    assertArrayEquals(expected, run.tape.outputs(4).copy().values());
    for (var array : run.model.state().arrays()) {
      State other = run.tape.state();
      other.load(Tapes.copyOf(state));
      Arrays.fill(other.array(array.name()), 0.25f);
      run.tape.restore(other);
      Arrays.fill(other.array(array.name()), Float.NaN); // restore copies
      run.tape.forward(x);
      float[] found = run.tape.outputs(4).copy().values();
      assertFalse(Arrays.equals(expected, found), array.name() + " is not carried");
      assertTrue(Float.isFinite(found[0]), array.name() + " is shared with the caller");
    }
  }

  @Test
  void theStateIsACopy() {
    TapeRun run = new TapeRun(model(), options(4, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 4, LANES, 1));
    State state = run.tape.state();
    for (var array : run.model.state().arrays()) {
      Arrays.fill(state.array(array.name()), Float.NaN);
      assertTrue(Float.isFinite(run.tape.state().array(array.name())[0]));
    }
  }

  @Test
  void wrongArgumentsAreRefusedWithBothNumbers() {
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
    Model model = run.model;
    Tape tape = run.tape;
    tape.forward(inputs(model, 3, LANES, 1));
    State before = tape.state();
    int inputs = model.inputs();
    int outputs = model.outputs();
    refused(() -> tape.forward(Steps.allocate(1, LANES, inputs + 1)), inputs, inputs + 1);
    refused(() -> tape.forward(Steps.allocate(1, LANES + 1, inputs)), LANES, LANES + 1);
    refused(() -> tape.forward(Steps.allocate(3, LANES, inputs), new LaneEvents(2, LANES)), 3, 2);
    refused(
        () -> tape.forward(Steps.allocate(3, LANES, inputs), new LaneEvents(3, LANES + 2)),
        LANES,
        LANES + 2);
    refused(() -> tape.outputs(5), 5, 4);
    refused(() -> tape.outputs(0), 0, 4);
    var into = new Gradient(model.parameters());
    Steps one = Steps.allocate(1, LANES, outputs);
    refused(() -> tape.backward(4, new Adjoint(one, into)), 4, 3);
    refused(() -> tape.backward(0, new Adjoint(one, into)), 0, 3);
    Steps wide = Steps.allocate(1, LANES, outputs + 2);
    refused(() -> tape.backward(2, new Adjoint(wide, into)), outputs, outputs + 2);
    var other = ParameterLayout.builder().add("w", model.parameters().size() + 3).build();
    refused(
        () -> tape.backward(2, new Adjoint(one, new Gradient(other))),
        other.size(),
        model.parameters().size());
    refused(
        () -> tape.backward(2, new Adjoint(one, into, new Sensitivities(model, 3, LANES))), 3, 2);
    refused(() -> tape.restore(new State(model.state(), LANES + 1)), LANES, LANES + 1);
    refused(() -> tape.reset(LANES), "lane " + LANES, "0 to " + (LANES - 1));
    assertThrows(IllegalArgumentException.class, () -> tape.reset(-1));
    assertEqual(before, tape.state());
    assertEquals(3, tape.held());
  }

  @Test
  void whatIsClosedIsRefused() {
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
    Model model = run.model;
    Tape tape = run.tape;
    Steps x = inputs(model, 3, LANES, 1);
    tape.forward(x);
    State state = tape.state();
    var snapshot = new Snapshot();
    tape.save(snapshot);
    var adjoint =
        new Adjoint(Steps.allocate(1, LANES, model.outputs()), new Gradient(model.parameters()));
    tape.close();
    tape.close();
    List<Runnable> calls =
        List.of(
            () -> tape.forward(x),
            () -> tape.outputs(1),
            () -> tape.backward(1, adjoint),
            tape::state,
            () -> tape.restore(state),
            () -> tape.reset(0),
            tape::parametersChanged,
            () -> tape.save(new Snapshot()),
            () -> tape.load(snapshot));
    for (Runnable call : calls) {
      refused(IllegalStateException.class, call, "this tape is closed; open another one");
    }
  }

  @Test
  void sensitivitiesMustBeAskedForWhenTheTapeIsOpened() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape tape = model.open(theta, TapeOptions.training(LANES, 2))) {
      tape.forward(inputs(model, 2, LANES, 1));
      var adjoint =
          new Adjoint(
              Steps.allocate(1, LANES, model.outputs()),
              new Gradient(model.parameters()),
              new Sensitivities(model, 2, LANES));
      assertThrows(IllegalStateException.class, () -> tape.backward(2, adjoint));
    }
  }
}
