// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.Workers;

/**
 * What engines have in common that run a model on a tape, k1 steps from one sweep to the next, and
 * read a loss off the newest outputs. How its derivative comes about is what sets them apart. For
 * whoever implements an {@link Engine}, whose methods these mean where they have the same name. Not
 * thread-safe.
 */
public final class LossTape implements AutoCloseable {
  private final Tape tape;
  private final LossWindow window;
  private final LossAt lossAt;
  private final Gradient gradient;
  private final int interval;
  private int stepsSinceSweep;

  /**
   * At the beginning.
   *
   * @param tape of this model; closed by {@link #close}
   * @param lossAt which outputs the loss reads
   * @param interval k1, at least 1
   */
  public LossTape(Model model, Tape tape, Loss loss, LossAt lossAt, int interval) {
    this.tape = tape;
    this.window = new LossWindow(loss, model, tape, lossAt.outputs(interval));
    this.lossAt = lossAt;
    this.gradient = new Gradient(model.parameters());
    this.interval = interval;
  }

  /** The loss since the last sweep, and where its derivative with respect to outputs lies. */
  public LossWindow window() {
    return window;
  }

  /** Number of outputs that the loss reads now. */
  public int outputsRead() {
    return Math.min(lossAt.outputs(stepsSinceSweep), window.held());
  }

  /**
   * Evaluates the loss of the newest outputs, as many as {@link #outputsRead} says.
   *
   * @throws IllegalStateException if no step was run since the last sweep
   */
  public LossValue evaluate() {
    if (stepsSinceSweep == 0) {
      throw new IllegalStateException("no step was run since the last sweep");
    }
    return window.evaluate(tape.outputs(outputsRead()));
  }

  /** Says that the steps up to here have been swept. */
  public void swept() {
    stepsSinceSweep = 0;
  }

  /** Number of sequences advanced side by side. */
  public int lanes() {
    return tape.options().lanes();
  }

  /** k1. */
  public int interval() {
    return interval;
  }

  /** Number of steps run since the last sweep. */
  public int stepsSinceSweep() {
    return stepsSinceSweep;
  }

  /** The threads of the tape. */
  public Workers workers() {
    return tape.workers();
  }

  /** Which outputs the loss reads. */
  public LossAt lossAt() {
    return lossAt;
  }

  /**
   * Refuses a block that does not fit.
   *
   * @throws IllegalArgumentException if it crosses the next sweep, or the loss has no use for it
   */
  public void require(Block block) {
    int left = interval - stepsSinceSweep;
    if (block.steps() > left) {
      throw new IllegalArgumentException(
          "a block of %s steps crosses the next sweep, which is due in %s (k1 = %s)"
              .formatted(block.steps(), left, interval));
    }
    window.require(block);
  }

  /** Runs steps forwards that {@link #require} has nothing against. */
  public void forward(Block block) {
    tape.forward(block.inputs(), block.resets());
    window.append(block);
    stepsSinceSweep += block.steps();
  }

  /** ∂loss/∂θ, to be filled by a sweep. */
  public Gradient gradient() {
    return gradient;
  }

  /**
   * The outputs of the newest steps, oldest first: a view that is valid until the next call of
   * {@link #forward}.
   *
   * @param count at most the steps that the loss reads; see {@link Tape#outputs}
   */
  public Steps outputs(int count) {
    return tape.outputs(count);
  }

  /** A copy of the state after the newest step. */
  public State state() {
    return tape.state();
  }

  /** Lets a lane begin a new sequence with the next step. */
  public void reset(int lane) {
    tape.reset(lane);
  }

  /** Says that θ has changed. */
  public void parametersChanged() {
    tape.parametersChanged();
  }

  /** Begins a new stream from the given state, which is a constant. */
  public void restart(State state) {
    tape.restore(state);
    window.clear();
    stepsSinceSweep = 0;
  }

  /** Forgets everything: every lane is about to begin a new sequence. */
  public void restart() {
    restart(tape.state());
    for (int lane = 0; lane < lanes(); lane++) {
      tape.reset(lane);
    }
  }

  /** Stores everything but the gradient. */
  public void save(Snapshot snapshot) {
    snapshot.put("stepsSinceSweep", (long) stepsSinceSweep);
    window.save(snapshot);
    tape.save(snapshot.in("tape"));
  }

  /** Goes on from what {@link #save} stored. */
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
  public void close() {
    tape.close();
  }
}
