// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.Adjoint;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one tape on which the windows of all keys are run, one after the other. */
final class SharedTape implements Memories {
  private final Model model;
  private final Tape tape;
  private final Loss loss;
  private final int window;
  private final int room;
  private final LaneEvents events;
  private final State tried;
  private final State passed;
  private final StateLimit limit;
  private final float[] block;

  /** The first steps of a block, by their number. */
  private final @Nullable Steps[] views;

  private boolean beginning;

  /**
   * A tape about to begin.
   *
   * @param tape of one lane, with room for the window; closed with this
   * @param slack steps that a window may be longer, so that its oldest state is moved on seldom
   * @param limit of states that windows are run from
   */
  SharedTape(Model model, Tape tape, Loss loss, int slack, StateLimit limit) {
    this.model = model;
    this.tape = tape;
    this.loss = loss.bind(tape);
    this.window = tape.options().capacity();
    this.room = window + slack;
    this.events = new LaneEvents(room, 1);
    this.tried = zeros();
    this.passed = zeros();
    this.limit = limit;
    this.block = new float[room * model.inputs()];
    this.views = new @Nullable Steps[room + 1];
  }

  @Override
  public Memory create() {
    return new Window(this);
  }

  int width() {
    return model.inputs();
  }

  /** Steps that a sweep goes back through at the most. */
  int window() {
    return window;
  }

  /** Steps that a key may keep. */
  int room() {
    return room;
  }

  final State zeros() {
    return new State(model.state(), 1);
  }

  Loss loss() {
    return loss;
  }

  /** Runs one step from a state, which stays as it is. */
  Steps step(State from, Steps input, boolean begins) {
    System.arraycopy(input.values(), input.offset(), block, 0, width());
    beginning = begins;
    events.set(0, 0, begins);
    tape.restore(from);
    tape.forward(view(1), events);
    tape.state(tried);
    return tape.outputs(1);
  }

  /** What went into the step that was tried last. */
  float[] input() {
    return block;
  }

  boolean beginning() {
    return beginning;
  }

  State tried() {
    return tried;
  }

  /** Runs steps from a state, which stays as it is. */
  void run(State from, float[] inputs, boolean[] begins, int first, int count) {
    System.arraycopy(inputs, first * width(), block, 0, count * width());
    for (int i = 0; i < count; i++) {
      events.set(i, 0, begins[first + i]);
    }
    tape.restore(from);
    tape.forward(view(count), events);
  }

  private Steps view(int count) {
    Steps view = views[count];
    if (view == null) {
      view = Steps.of(block, count, 1, width());
      views[count] = view;
    }
    return view;
  }

  /**
   * Runs the first steps from a state, which stays as it is, for the one that they leave.
   *
   * @return whether that is within the limit
   */
  boolean pass(State from, float[] inputs, boolean[] begins, int count) {
    if (count == 0) {
      passed.set(from);
      return true;
    }
    run(from, inputs, begins, 0, count);
    tape.state(passed);
    return limit.holds(passed);
  }

  /** The state that {@link #pass} has found: a view. */
  State passed() {
    return passed;
  }

  /** Copies the state that the newest step has left, if it is within the limit. */
  void settle(State into) {
    tape.state(tried);
    if (limit.holds(tried)) {
      into.set(tried);
    }
  }

  Steps outputs(int count) {
    return tape.outputs(count);
  }

  void backward(int depth, List<Adjoint> adjoints) {
    tape.backward(depth, adjoints);
  }

  @Override
  public void parametersChanged() {
    tape.parametersChanged();
  }

  @Override
  public void close() {
    tape.close();
  }
}
