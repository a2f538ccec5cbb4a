// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;

/**
 * Runs a trained model step by step and carries its state: for a test sequence, or a stream that
 * never ends. Nothing is kept for differentiation and dropout is off. Not thread-safe; any number
 * of predictors may share a model and its parameters.
 */
public final class Predictor implements AutoCloseable {
  private final Model model;
  private final Tape tape;
  private final int lanes;
  private final Steps one;

  /** A predictor at the initial state. */
  public Predictor(Model model, Parameters theta, int lanes) {
    this.model = model;
    this.lanes = lanes;
    this.tape = model.open(theta, TapeOptions.inference(lanes));
    this.one = Steps.allocate(1, lanes, model.inputs());
  }

  /** A predictor of one lane, at the initial state. */
  public Predictor(Model model, Parameters theta) {
    this(model, theta, 1);
  }

  /** Number of sequences predicted side by side. */
  public int lanes() {
    return lanes;
  }

  /** Number of outputs of one lane at one step. */
  int outputs() {
    return model.outputs();
  }

  /**
   * One step.
   *
   * @param inputs lanes × inputs, not modified
   * @return lanes × outputs, the caller's
   */
  public float[] step(float... inputs) {
    if (inputs.length != one.size()) {
      throw new IllegalArgumentException(
          "a step has %s lanes × %s inputs, found %s values"
              .formatted(lanes, model.inputs(), inputs.length));
    }
    System.arraycopy(inputs, 0, one.values(), 0, inputs.length);
    tape.forward(one);
    return tape.outputs(1).copy().values();
  }

  /**
   * Many steps.
   *
   * @param inputs steps × lanes × inputs, not modified
   * @return steps × lanes × outputs, the caller's
   */
  public Steps run(Steps inputs) {
    var outputs = Steps.allocate(inputs.steps(), lanes, model.outputs());
    for (int t = 0; t < inputs.steps(); t++) {
      tape.forward(inputs.view(t, t + 1));
      outputs.view(t, t + 1).set(tape.outputs(1));
    }
    return outputs;
  }

  /** A copy of the state; {@link #restore} goes back to it. */
  public State state() {
    return tape.state();
  }

  /** Goes to a state, which is copied. */
  public void restore(State state) {
    tape.restore(state);
  }

  /** Lets every lane begin a new sequence with the next step. */
  public void reset() {
    for (int lane = 0; lane < lanes; lane++) {
      tape.reset(lane);
    }
  }

  /** Lets one lane begin a new sequence with the next step. */
  public void reset(int lane) {
    tape.reset(lane);
  }

  /** Says that the parameters have changed. */
  public void parametersChanged() {
    tape.parametersChanged();
  }

  @Override
  public void close() {
    tape.close();
  }
}
