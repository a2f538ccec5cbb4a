// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Tapes.LANES;
import static dev.unspool.model.Tapes.assertClose;
import static dev.unspool.model.Tapes.assertDerivative;
import static dev.unspool.model.Tapes.central;
import static dev.unspool.model.Tapes.change;
import static dev.unspool.model.Tapes.direction;
import static dev.unspool.model.Tapes.dot;
import static dev.unspool.model.Tapes.forwardFrom;
import static dev.unspool.model.Tapes.inputs;
import static dev.unspool.model.Tapes.moved;
import static dev.unspool.model.Tapes.norm;
import static dev.unspool.model.Tapes.open;
import static dev.unspool.model.Tapes.options;
import static dev.unspool.model.Tapes.randomState;
import static dev.unspool.model.Tapes.seed;
import static dev.unspool.model.Tapes.sensitivities;
import static dev.unspool.model.Tapes.someEvents;
import static dev.unspool.model.Tapes.sweep;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a sweep over every {@link Tape} yields, whoever made it. Derivatives are held against
 * central differences of the tape's own outputs, and against a tape that began where the graph was
 * cut.
 */
public abstract class TapeSweepContract {
  /** For the tests of an implementation. */
  protected TapeSweepContract() {}

  /** A model with numeric inputs and without dropout. */
  protected abstract Model model();

  /** Largest relative difference between a block of steps and the same steps one by one. */
  protected double blockTolerance() {
    return 2e-6;
  }

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
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
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
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 3, LANES, 1));
    run.change(1);
    run.tape.forward(inputs(run.model, 2, LANES, 2), someEvents(2, 2));
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
  void outputsOlderThanTheSweepAreConstants() {
    TapeRun run = new TapeRun(model(), options(5, 4, WeightPolicy.AS_APPLIED));
    run.tape.forward(inputs(run.model, 5, LANES, 2));
    Steps seed = seed(run.model, 4, LANES, 3);
    float[] expected = run.sweep(2, seed.view(2, 4)).clone();
    assertArrayEquals(expected, run.sweep(2, seed));
  }

  @Test
  void theGradientIsTheDerivativeOfTheOutputs() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps x = inputs(model, 5, LANES, 2);
    Steps seed = seed(model, 3, LANES, 3);
    LaneEvents resets = new LaneEvents(5, LANES);
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

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aChangeThatChangesNothingIsNone(WeightPolicy policy) {
    TapeRun run = new TapeRun(model(), options(5, 4, policy));
    TapeRun other = new TapeRun(model(), options(5, 4, policy));
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
    TapeRun asked = new TapeRun(model(), options(3, 4, policy));
    TapeRun late = new TapeRun(model(), options(3, 4, policy));
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
}
