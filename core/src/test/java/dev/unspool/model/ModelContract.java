// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What every {@link Model} keeps to, whoever made it. */
public abstract class ModelContract {
  /** For the tests of an implementation. */
  protected ModelContract() {}

  /** A model; each call may give the same one. */
  protected abstract Model model();

  /** Inputs that the model takes, always the same. */
  protected Steps inputs(Model model, int steps, int lanes) {
    return Tapes.inputs(model, steps, lanes, 5);
  }

  @Test
  void describesItself() {
    Model model = model();
    assertTrue(model.inputs() >= 1);
    assertTrue(model.outputs() >= 1);
    assertFalse(model.state().arrays().isEmpty());
    assertEquals(model.parameters(), model().parameters());
    assertEquals(model.state(), model().state());
  }

  @Test
  void initialisesEveryParameterFromTheGivenRandomness() {
    Model model = model();
    var theta = new Parameters(model.parameters());
    Arrays.fill(theta.values(), Float.NaN);
    model.initialise(theta, new SplitMix64(7));
    for (var slice : model.parameters().slices()) {
      for (float value : theta.get(slice.name())) {
        assertTrue(Float.isFinite(value), slice.name());
      }
    }
    assertArrayEquals(theta.values(), model.initialise(new SplitMix64(7)).values());
    assertFalse(Arrays.equals(theta.values(), model.initialise(new SplitMix64(8)).values()));
  }

  @Test
  void hasNoStateOfItsOwn() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps x = inputs(model, 3, 2);
    try (Tape first = model.open(theta, TapeOptions.training(2, 4));
        Tape second = model.open(theta, TapeOptions.training(2, 4))) {
      first.forward(x);
      float[] outputs = first.outputs(1).copy().values();
      first.forward(x);
      second.forward(x);
      assertArrayEquals(outputs, second.outputs(1).copy().values());
    }
  }

  @Test
  void tapesBeginEmptyAndAtTheInitialState() {
    Model model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape tape = model.open(theta, TapeOptions.training(2, 4))) {
      assertEquals(0, tape.held());
      State initial = tape.state();
      tape.forward(inputs(model, 3, 2));
      tape.reset(0);
      tape.reset(1);
      Tapes.assertEqual(initial, tape.state());
    }
  }

  @Test
  void refusesTheParametersOfAnotherModel() {
    Model model = model();
    var other = ParameterLayout.builder().add("weight", model.parameters().size() + 1).build();
    for (Runnable wrong :
        new Runnable[] {
          () -> model.open(new Parameters(other), TapeOptions.training(1, 1)).close(),
          () -> model.initialise(new Parameters(other), new SplitMix64(1)),
        }) {
      refused(wrong, model.parameters().size(), other.size());
    }
  }
}
