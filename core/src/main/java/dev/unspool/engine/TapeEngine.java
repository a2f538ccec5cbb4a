// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.Workers;

/**
 * What engines have in common that run a model on a tape, k1 steps from one sweep to the next, and
 * read a loss off the newest outputs. How its derivative comes about is what sets them apart. Not
 * thread-safe.
 */
public abstract class TapeEngine implements Engine {
  private final Parameters theta;
  private final Tape tape;
  private final LossWindow window;
  private final LossAt lossAt;
  private final Gradient gradient;
  private final int interval;
  private int stepsSinceSweep;

  /**
   * An engine at the beginning.
   *
   * @param theta parameters, shared
   * @param tape opened with these; closed by {@link #close}
   * @param lossAt which outputs the loss reads
   * @param interval k1, at least 1
   */
  protected TapeEngine(
      Model model, Parameters theta, Tape tape, Loss loss, LossAt lossAt, int interval) {
    this.theta = theta;
    this.tape = tape;
    this.window = new LossWindow(loss, model, tape, lossAt.outputs(interval));
    this.lossAt = lossAt;
    this.gradient = new Gradient(model.parameters());
    this.interval = interval;
  }

  /** Called before the tape is given so many steps, of which it may then drop as many. */
  protected void beforeForward(int steps) {}

  /** The loss since the last sweep, and where its derivative with respect to outputs lies. */
  protected final LossWindow window() {
    return window;
  }

  /** Number of outputs that the loss reads now. */
  protected final int outputsRead() {
    return Math.min(lossAt.outputs(stepsSinceSweep), window.held());
  }

  /**
   * Evaluates the loss of the newest outputs, as many as {@link #outputsRead} says.
   *
   * @throws IllegalStateException if no step was run since the last sweep
   */
  protected final LossValue evaluate() {
    if (stepsSinceSweep == 0) {
      throw new IllegalStateException("no step was run since the last sweep");
    }
    return window.evaluate(tape.outputs(outputsRead()));
  }

  /** Says that the steps up to here have been swept. */
  protected final void swept() {
    stepsSinceSweep = 0;
  }

  @Override
  public final Parameters parameters() {
    return theta;
  }

  @Override
  public final int lanes() {
    return tape.options().lanes();
  }

  /** k1. */
  @Override
  public final int interval() {
    return interval;
  }

  @Override
  public final int stepsSinceSweep() {
    return stepsSinceSweep;
  }

  @Override
  public final Workers workers() {
    return tape.workers();
  }

  /** Which outputs the loss reads. */
  public final LossAt lossAt() {
    return lossAt;
  }

  @Override
  public final void forward(Block block) {
    if (block.steps() > stepsToSweep()) {
      throw new IllegalArgumentException(
          "a block of %s steps crosses the next sweep, which is due in %s (k1 = %s)"
              .formatted(block.steps(), stepsToSweep(), interval));
    }
    window.require(block);
    beforeForward(block.steps());
    tape.forward(block.inputs(), block.resets());
    window.append(block);
    stepsSinceSweep += block.steps();
  }

  @Override
  public final Gradient gradient() {
    return gradient;
  }

  /**
   * The outputs of the newest steps, oldest first: a view that is valid until the next call of
   * {@link #forward}.
   *
   * @param count at most the steps that the loss reads; see {@link Tape#outputs}
   */
  public final Steps outputs(int count) {
    return tape.outputs(count);
  }

  /** A copy of the state after the newest step. */
  public final State state() {
    return tape.state();
  }

  /** Lets a lane begin a new sequence with the next step. */
  public final void reset(int lane) {
    tape.reset(lane);
  }

  @Override
  public final void parametersChanged() {
    tape.parametersChanged();
  }

  /** Begins a new stream from the given state, which is a constant. */
  public void restart(State state) {
    tape.restore(state);
    window.clear();
    stepsSinceSweep = 0;
  }

  @Override
  public final void restart() {
    restart(tape.state());
    for (int lane = 0; lane < lanes(); lane++) {
      tape.reset(lane);
    }
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("stepsSinceSweep", (long) stepsSinceSweep);
    window.save(snapshot);
    tape.save(snapshot.in("tape"));
  }

  @Override
  public void load(Snapshot snapshot) {
    long stored = snapshot.number("stepsSinceSweep");
    if (stored < 0 || stored > interval) {
      throw new IllegalArgumentException(
          "the checkpoint is %s steps after a sweep, with k1 = %s; it was written with another k1"
              .formatted(stored, interval));
    }
    window.load(snapshot);
    tape.load(snapshot.in("tape"));
    stepsSinceSweep = (int) stored;
  }

  @Override
  public final void close() {
    tape.close();
  }
}
