// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Tape} keeps to, whoever made it. Nothing but the interface is used; derivatives
 * are held against central differences of the tape's own outputs.
 */
public abstract class TapeContract {
  private static final int LANES = 2;

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

  // ---- how steps are appended ---------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 11})
  void blocksOfAnyLengthGiveTheSameNumbers(int length) {
    for (WeightPolicy policy : WeightPolicy.values()) {
      Run one = new Run(options(5, 4, policy));
      Run many = new Run(options(5, 4, policy));
      for (int round = 0; round < 3; round++) {
        Steps x = inputs(one.model, length, LANES, round);
        Resets resets = someResets(length, round);
        many.tape.forward(x, resets);
        for (int t = 0; t < length; t++) {
          one.tape.forward(x.view(t, t + 1), part(resets, t, t + 1));
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
    Run run = new Run(options(5, 4, WeightPolicy.AS_APPLIED));
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
          assertTrue(size < 0 || now == size, "%d values, then %d".formatted(size, now));
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

  // ---- what a sweep is ----------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6})
  void aSweepOfDepthDIsTheSweepOfATapeThatBeganDStepsAgo(int depth) {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps x = inputs(model, 6, LANES, 2);
    Steps seed = seed(model, 1, LANES, 3);
    try (Tape whole = open(model, theta, 6);
        Tape part = open(model, theta, 6)) {
      whole.forward(x.view(0, 6 - depth));
      part.restore(whole.state());
      whole.forward(x.view(6 - depth, 6));
      part.forward(x.view(6 - depth, 6));
      var fromWhole = sweep(model, whole, depth, seed);
      var fromPart = sweep(model, part, depth, seed);
      // A new sequence lets gradient into a learned initial state, a restored state does not.
      float[] expected = fromPart.into().values();
      if (depth < 6) {
        assertClose(expected, fromWhole.into().values(), 1e-6, "∂L/∂θ");
      }
      for (var array : model.state().arrays()) {
        var what = sensitivities(fromWhole).state(array.name()).copy().values();
        assertClose(
            sensitivities(fromPart).state(array.name()).copy().values(), what, 1e-6, array.name());
      }
    }
  }

  @Test
  void depthOneIsTheLastStepOnly() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps seed = seed(model, 1, LANES, 3);
    float[][] gradients = new float[2][];
    for (int round = 0; round < 2; round++) {
      try (Tape tape = open(model, theta, 4)) {
        tape.forward(inputs(model, 3, LANES, round)); // another past
        State state = new State(model.state(), LANES);
        tape.restore(state);
        tape.forward(inputs(model, 1, LANES, 7));
        gradients[round] = sweep(model, tape, 1, seed).into().values();
      }
    }
    assertArrayEquals(gradients[0], gradients[1]);
  }

  @Test
  void sweepsAreIndependentAndOverwriteTheGradient() {
    Run run = new Run(options(5, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 5, LANES, 1));
    Steps seed = seed(run.model, 2, LANES, 3);
    float[] first = run.sweep(4, seed);
    run.sweep(5, seed(run.model, 3, LANES, 9));
    float[] second = run.sweep(4, seed);
    assertArrayEquals(first, second);
    assertTrue(norm(first) > 0);
  }

  @Test
  void severalAdjointsAreSweptLikeOneByOne() {
    Run run = new Run(options(5, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 3, LANES, 1));
    run.change(1);
    run.tape.forward(inputs(run.model, 2, LANES, 2), someResets(2, 2));
    int outputs = run.model.outputs();
    Adjoint[] rows = new Adjoint[LANES * outputs + 1];
    for (int row = 0; row < rows.length; row++) {
      Steps seed = Steps.allocate(row == 0 ? 2 : 1, LANES, outputs);
      seed.values()[row == 0 ? 0 : row - 1] = 1;
      var sensitivities = row % 2 == 0 ? new Sensitivities(run.model, 5, LANES) : null;
      rows[row] = new Adjoint(seed, new Gradient(run.model.parameters()), sensitivities);
    }
    run.tape.backward(5, List.of(rows));
    for (Adjoint row : rows) {
      var alone = sweep(run.model, run.tape, 5, row.outputs());
      assertClose(alone.into().values(), row.into().values(), blockTolerance(), "∂y/∂θ");
      if (row.sensitivities() != null) {
        float[] expected = sensitivities(alone).inputs().values();
        float[] found = row.sensitivities().inputs().values();
        assertClose(expected, found, blockTolerance(), "∂y/∂x");
      }
    }
  }

  @Test
  void theGradientIsTheDerivativeOfTheOutputs() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps x = inputs(model, 5, LANES, 2);
    Steps seed = seed(model, 3, LANES, 3);
    Resets resets = new Resets(5, LANES);
    resets.set(2, 1, true);
    State start = randomState(model, 4);
    try (Tape tape = open(model, theta, 5)) {
      tape.restore(start);
      tape.forward(x, resets);
      float[] gradient = sweep(model, tape, 5, seed).into().values();
      for (var slice : model.parameters().slices()) {
        float[] direction = direction(theta.layout(), slice, 5);
        double numeric =
            central(
                epsilon -> {
                  Parameters moved = moved(theta, direction, epsilon);
                  try (Tape other = open(model, moved, 5)) {
                    other.restore(start);
                    other.forward(x, resets);
                    return dot(seed, other.outputs(3));
                  }
                });
        assertDerivative(numeric, dot(gradient, direction), slice.name());
      }
    }
  }

  @Test
  void sensitivitiesAreTheDerivativesWithRespectToInputsAndEveryStateArray() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps x = inputs(model, 4, LANES, 2);
    Steps seed = seed(model, 2, LANES, 3);
    State start = randomState(model, 4);
    try (Tape tape = open(model, theta, 4)) {
      tape.restore(start);
      tape.forward(x);
      Sensitivities found = sensitivities(sweep(model, tape, 4, seed));
      for (int t = 0; t < 4; t++) {
        Steps direction = Steps.allocate(4, LANES, model.inputs());
        direction.view(t, t + 1).set(inputs(model, 1, LANES, 8));
        double numeric =
            central(
                epsilon -> {
                  Steps moved = x.copy();
                  for (int i = 0; i < moved.size(); i++) {
                    moved.values()[i] += (float) epsilon * direction.values()[i];
                  }
                  return forwardFrom(model, theta, start, moved, seed);
                });
        assertDerivative(
            numeric, dot(found.inputs().values(), direction.values()), "x of step " + t);
      }
      for (var array : model.state().arrays()) {
        float[] direction = randomState(model, 6).array(array.name());
        double numeric =
            central(
                epsilon -> {
                  State moved = randomState(model, 4);
                  for (int i = 0; i < direction.length; i++) {
                    moved.array(array.name())[i] += (float) epsilon * direction[i];
                  }
                  return forwardFrom(model, theta, moved, x, seed);
                });
        float[] atCut = found.state(array.name()).view(0, 1).copy().values();
        assertDerivative(numeric, dot(atCut, direction), array.name());
        assertTrue(norm(atCut) > 0, array.name() + " carries no gradient at all");
      }
    }
  }

  // ---- weights that change ------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aChangeThatChangesNothingIsNone(WeightPolicy policy) {
    Run run = new Run(options(5, 4, policy));
    Run other = new Run(options(5, 4, policy));
    other.tape.parametersChanged();
    for (int t = 0; t < 9; t++) {
      Steps x = inputs(run.model, 1, LANES, t);
      run.tape.forward(x);
      other.tape.forward(x);
      other.tape.parametersChanged();
      run.assertClose(other, 2, blockTolerance(), "step " + t);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightPolicy.class,
      names = {"AS_APPLIED", "REPLAY"})
  void theGradientOfAWindowWithSeveralVersions(WeightPolicy policy) {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    float[] versionZero = theta.values().clone();
    Steps seed = seed(model, 3, LANES, 3);
    Steps x = inputs(model, 5, LANES, 2);
    State start = randomState(model, 4);
    try (Tape tape = model.open(theta, options(5, 4, policy))) {
      tape.restore(start);
      for (int t = 0; t < 5; t++) {
        tape.forward(x.view(t, t + 1));
        if (t % 2 == 1) {
          change(theta, t);
          tape.parametersChanged();
        }
      }
      float[] newest = theta.values().clone();
      float[] gradient = sweep(model, tape, 5, seed).into().values();
      for (var slice : model.parameters().slices()) {
        float[] direction = direction(theta.layout(), slice, 5);
        double numeric =
            central(
                epsilon -> {
                  float[] first = policy == WeightPolicy.REPLAY ? newest : versionZero;
                  var moved = moved(new Parameters(theta.layout(), first), direction, epsilon);
                  try (Tape other = model.open(moved, options(5, 4, WeightPolicy.AS_APPLIED))) {
                    other.restore(start);
                    for (int t = 0; t < 5; t++) {
                      other.forward(x.view(t, t + 1));
                      if (t % 2 == 1 && policy != WeightPolicy.REPLAY) {
                        change(moved, t);
                        other.parametersChanged();
                      }
                    }
                    return dot(seed, other.outputs(3));
                  }
                });
        assertDerivative(numeric, dot(gradient, direction), slice.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightPolicy.class,
      names = {"AS_APPLIED", "CURRENT"})
  void outputsAreThoseOfTheWeightsThatAStepRanWith(WeightPolicy policy) {
    Run asked = new Run(options(3, 4, policy));
    Run late = new Run(options(3, 4, policy));
    for (int t = 0; t < 4; t++) {
      Steps x = inputs(asked.model, 1, LANES, t);
      asked.tape.forward(x);
      asked.tape.outputs(1);
      late.tape.forward(x);
      asked.change(t);
      late.change(t);
    }
    assertArrayEquals(asked.tape.outputs(4).copy().values(), late.tape.outputs(4).copy().values());
  }

  // ---- outputs ------------------------------------------------------------------------------

  @Test
  void outputsAreKeptAfterTheirStepsHaveFallenOff() {
    Run small = new Run(options(1, 6, WeightPolicy.AS_APPLIED));
    Run large = new Run(options(9, 6, WeightPolicy.AS_APPLIED));
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
    Run run = new Run(options(2, 6, WeightPolicy.AS_APPLIED));
    Steps x = inputs(run.model, 1, LANES, 1);
    run.tape.forward(x);
    run.tape.outputs(1);
    for (int t = 0; t < 3; t++) {
      run.tape.forward(x);
    }
    assertEquals(2, run.tape.outputs(2).steps());
    String message =
        assertThrows(IllegalStateException.class, () -> run.tape.outputs(3)).getMessage();
    assertNames(message, 3, 2);
  }

  @Test
  void noOutputsBeforeTheFirstStep() {
    Run run = new Run(options(2, 6, WeightPolicy.AS_APPLIED));
    assertThrows(IllegalStateException.class, () -> run.tape.outputs(1));
    run.tape.forward(inputs(run.model, 2, LANES, 1));
    run.tape.outputs(2);
    run.tape.restore(run.tape.state());
    assertThrows(IllegalStateException.class, () -> run.tape.outputs(1));
    assertEquals(0, run.tape.held());
  }

  // ---- resets and states --------------------------------------------------------------------

  @Test
  void aResetAffectsItsLaneOnlyAndLetsNoGradientThrough() {
    Run run = new Run(options(6, 6, WeightPolicy.AS_APPLIED));
    Run plain = new Run(options(6, 6, WeightPolicy.AS_APPLIED));
    Steps x = inputs(run.model, 6, LANES, 1);
    Resets resets = new Resets(6, LANES);
    resets.set(3, 1, true);
    run.tape.forward(x, resets);
    plain.tape.forward(x);
    Run late = new Run(options(6, 6, WeightPolicy.AS_APPLIED));
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
    Run flag = new Run(options(4, 4, WeightPolicy.AS_APPLIED));
    Run call = new Run(options(4, 4, WeightPolicy.AS_APPLIED));
    Steps x = inputs(flag.model, 3, LANES, 1);
    flag.tape.forward(x);
    call.tape.forward(x);
    call.tape.reset(1);
    Resets resets = new Resets(3, LANES);
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
    Run run = new Run(options(4, 4, WeightPolicy.AS_APPLIED));
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
      other.load(copyOf(state));
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
    Run run = new Run(options(4, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 4, LANES, 1));
    State state = run.tape.state();
    for (var array : run.model.state().arrays()) {
      Arrays.fill(state.array(array.name()), Float.NaN);
      assertTrue(Float.isFinite(run.tape.state().array(array.name())[0]));
    }
  }

  // ---- checkpoints --------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void goingOnFromASnapshotIsBitIdenticalToNeverHavingStopped(WeightPolicy policy) {
    int moments = 4 * 12;
    for (int stop = 0; stop < moments; stop++) {
      Run straight = new Run(options(5, 7, policy));
      Run stopped = new Run(options(5, 7, policy));
      for (int moment = 0; moment < moments; moment++) {
        if (moment == stop) {
          var snapshot = new Snapshot();
          stopped.tape.save(snapshot);
          stopped.tape.close();
          stopped.tape = stopped.model.open(stopped.theta, options(5, 7, policy));
          stopped.tape.load(deepCopy(snapshot));
        }
        act(straight, moment);
        act(stopped, moment);
        if (moment >= stop) {
          assertEquals(straight.tape.held(), stopped.tape.held());
          assertEqual(straight.tape.state(), stopped.tape.state());
        }
      }
      straight.assertClose(stopped, 2, 0, "stopped at moment " + stop);
    }
  }

  /** Steps, sweeps, updates, resets, so that every moment between two of them is met. */
  private static void act(Run run, int moment) {
    int round = moment / 4;
    switch (moment % 4) {
      case 0 -> run.tape.forward(inputs(run.model, 1 + round % 3, LANES, round));
      case 1 -> {
        if (round % 2 == 0) {
          run.lastGradient = run.sweep(run.tape.held(), seed(run.model, 1, LANES, round));
        }
      }
      case 2 -> run.change(round);
      default -> {
        if (round % 3 == 0) {
          run.tape.reset(round % LANES);
        }
      }
    }
  }

  // ---- wrong arguments ----------------------------------------------------------------------

  @Test
  void wrongArgumentsAreRefusedWithBothNumbers() {
    Run run = new Run(options(5, 4, WeightPolicy.AS_APPLIED));
    Model model = run.model;
    Tape tape = run.tape;
    tape.forward(inputs(model, 3, LANES, 1));
    State before = tape.state();
    int inputs = model.inputs();
    int outputs = model.outputs();
    refused(() -> tape.forward(Steps.allocate(1, LANES, inputs + 1)), inputs, inputs + 1);
    refused(() -> tape.forward(Steps.allocate(1, LANES + 1, inputs)), LANES, LANES + 1);
    refused(() -> tape.forward(Steps.allocate(3, LANES, inputs), new Resets(2, LANES)), 3, 2);
    refused(
        () -> tape.forward(Steps.allocate(3, LANES, inputs), new Resets(3, LANES + 2)),
        LANES,
        LANES + 2);
    refused(() -> tape.outputs(5), 5, 4);
    refused(() -> tape.outputs(0), 0, 4);
    var into = new Gradient(model.parameters());
    Steps one = Steps.allocate(1, LANES, outputs);
    refused(() -> tape.backward(4, new Adjoint(one, into)), 4, 3);
    refused(() -> tape.backward(0, new Adjoint(one, into)), 0, 3);
    Steps three = Steps.allocate(3, LANES, outputs);
    refused(() -> tape.backward(2, new Adjoint(three, into)), 3, 2);
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
    refused(() -> tape.reset(LANES), LANES, LANES);
    assertThrows(IllegalArgumentException.class, () -> tape.reset(-1));
    assertEqual(before, tape.state());
    assertEquals(3, tape.held());
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

  private static void refused(Runnable wrong, int expected, int found) {
    String message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
    assertNames(message, expected, found);
  }

  // ---- what the tests share -----------------------------------------------------------------

  /** A tape with its parameters. */
  private final class Run {
    final Model model = model();
    final Parameters theta = model.initialise(new SplitMix64(1));
    Tape tape;
    float[] lastGradient = {};

    Run(TapeOptions options) {
      this.tape = model.open(theta, options);
    }

    void change(int seed) {
      TapeContract.change(theta, seed);
      tape.parametersChanged();
    }

    float[] sweep(int depth, Steps seed) {
      var into = new Gradient(model.parameters());
      Arrays.fill(into.values(), 1e30f);
      tape.backward(depth, new Adjoint(seed, into));
      return into.values();
    }

    void assertClose(Run that, int outputs, double tolerance, String what) {
      int count = Math.min(outputs, tape.held());
      TapeContract.assertClose(
          that.tape.outputs(count).copy().values(),
          tape.outputs(count).copy().values(),
          tolerance,
          what + ": outputs");
      Steps seed = seed(model, count, LANES, 99);
      TapeContract.assertClose(
          that.sweep(that.tape.held(), seed),
          sweep(tape.held(), seed),
          tolerance,
          what + ": gradient");
      TapeContract.assertClose(
          that.lastGradient, lastGradient, tolerance, what + ": last gradient");
      for (var array : model.state().arrays()) {
        TapeContract.assertClose(
            that.tape.state().array(array.name()),
            tape.state().array(array.name()),
            tolerance,
            what + ": " + array.name());
      }
    }
  }

  private static TapeOptions options(int capacity, int window, WeightPolicy policy) {
    return new TapeOptions(LANES, capacity, window, policy, true, 0, true);
  }

  private static Tape open(Model model, Parameters theta, int capacity) {
    return model.open(theta, options(capacity, capacity, WeightPolicy.AS_APPLIED));
  }

  private static Adjoint sweep(Model model, Tape tape, int depth, Steps seed) {
    var adjoint =
        new Adjoint(
            seed,
            new Gradient(model.parameters()),
            new Sensitivities(model, depth, tape.options().lanes()));
    tape.backward(depth, adjoint);
    return adjoint;
  }

  private static Sensitivities sensitivities(Adjoint adjoint) {
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities == null) {
      throw new AssertionError("swept without sensitivities");
    }
    return sensitivities;
  }

  private static double forwardFrom(
      Model model, Parameters theta, State state, Steps x, Steps seed) {
    try (Tape tape = open(model, theta, x.steps())) {
      tape.restore(state);
      tape.forward(x);
      return dot(seed, tape.outputs(seed.steps()));
    }
  }

  static Steps inputs(Model model, int steps, int lanes, long seed) {
    return random(steps, lanes, model.inputs(), seed);
  }

  private static Steps seed(Model model, int steps, int lanes, long seed) {
    return random(steps, lanes, model.outputs(), ~seed);
  }

  private static Steps random(int steps, int lanes, int features, long seed) {
    var block = Steps.allocate(steps, lanes, features);
    var random = new SplitMix64(seed * 7919);
    for (int i = 0; i < block.size(); i++) {
      block.values()[i] = (float) random.nextDouble(-1, 1);
    }
    return block;
  }

  private static Resets someResets(int steps, long seed) {
    var resets = new Resets(steps, LANES);
    var random = new SplitMix64(seed * 31);
    for (int t = 0; t < steps; t++) {
      for (int lane = 0; lane < LANES; lane++) {
        resets.set(t, lane, random.nextInt(4) == 0);
      }
    }
    return resets;
  }

  private static Resets part(Resets resets, int from, int to) {
    var part = new Resets(to - from, resets.lanes());
    for (int t = from; t < to; t++) {
      for (int lane = 0; lane < resets.lanes(); lane++) {
        part.set(t - from, lane, resets.at(t, lane));
      }
    }
    return part;
  }

  private static State randomState(Model model, long seed) {
    var state = new State(model.state(), LANES);
    var random = new SplitMix64(seed);
    for (var array : model.state().arrays()) {
      float[] values = state.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.8, 0.8);
      }
    }
    return state;
  }

  private static Snapshot copyOf(State state) {
    var snapshot = new Snapshot();
    state.save(snapshot);
    return snapshot;
  }

  /** As if it had been on disk: shares no array with the tape that was saved. */
  private static Snapshot deepCopy(Snapshot snapshot) {
    var copy = new Snapshot();
    snapshot
        .entries()
        .forEach(
            (name, entry) -> {
              switch (entry) {
                case Snapshot.Floats(float[] values) -> copy.put(name, values.clone());
                case Snapshot.Doubles(double[] values) -> copy.put(name, values.clone());
                case Snapshot.Longs(long[] values) -> copy.put(name, values.clone());
              }
            });
    return copy;
  }

  private static void change(Parameters theta, long seed) {
    var random = new SplitMix64(seed);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] += (float) random.nextDouble(-0.1, 0.1);
    }
  }

  private static float[] direction(ParameterLayout layout, ParameterLayout.Slice slice, long seed) {
    float[] direction = new float[layout.size()];
    var random = new SplitMix64(seed);
    for (int i = slice.offset(); i < slice.end(); i++) {
      direction[i] = random.nextBoolean() ? 1 : -1;
    }
    return direction;
  }

  private static Parameters moved(Parameters theta, float[] direction, double epsilon) {
    Parameters moved = theta.copy();
    for (int i = 0; i < direction.length; i++) {
      moved.values()[i] += (float) epsilon * direction[i];
    }
    return moved;
  }

  /** A function of one number. */
  private interface Function {
    double at(double epsilon);
  }

  /** The derivative at 0 of a function computed in float32: five points, a wide step. */
  private static double central(Function function) {
    double step = 0x1p-6;
    double near = function.at(step) - function.at(-step);
    double far = function.at(2 * step) - function.at(-2 * step);
    return (8 * near - far) / (12 * step);
  }

  private static void assertDerivative(double expected, double found, String what) {
    assertEquals(expected, found, 2e-3 * Math.max(0.1, Math.abs(expected)), "∂L/∂" + what);
  }

  private static float[] lane(Steps steps, int t, int lane) {
    int from = steps.at(t) + lane * steps.features();
    return Arrays.copyOfRange(steps.values(), from, from + steps.features());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double dot(Steps a, Steps b) {
    return dot(a.copy().values(), b.copy().values());
  }

  private static double norm(float[] values) {
    return Math.sqrt(dot(values, values));
  }

  private static void assertClose(float[] expected, float[] found, double tolerance, String what) {
    assertEquals(expected.length, found.length, what);
    float[] difference = new float[expected.length];
    for (int i = 0; i < expected.length; i++) {
      difference[i] = found[i] - expected[i];
    }
    assertTrue(
        norm(difference) <= tolerance * norm(expected),
        () ->
            "%s: expected %s, found %s"
                .formatted(what, Arrays.toString(expected), Arrays.toString(found)));
  }

  static void assertEqual(State expected, State found) {
    for (var array : expected.layout().arrays()) {
      assertArrayEquals(expected.array(array.name()), found.array(array.name()), array.name());
    }
  }

  static void assertNames(String message, int... numbers) {
    for (int number : numbers) {
      assertTrue(message.contains(String.valueOf(number)), () -> number + " is not in: " + message);
    }
    assertNotEquals("", message);
  }
}
