// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.Workers;

/**
 * An engine that runs a model on a tape: all that is said and done in the same way whatever the
 * tape makes of a sweep.
 */
public interface TapeEngine extends Engine {
  /** The model on its tape, with its loss: for the engine itself. */
  LossTape lossTape();

  @Override
  default int lanes() {
    return lossTape().tape().options().lanes();
  }

  /** k1. */
  @Override
  default int interval() {
    return lossTape().interval();
  }

  @Override
  default int stepsSinceSweep() {
    return lossTape().stepsSinceSweep();
  }

  @Override
  default Workers workers() {
    return lossTape().tape().workers();
  }

  @Override
  default Gradient gradient() {
    return lossTape().gradient();
  }

  /** Which outputs the loss reads. */
  default LossAt lossAt() {
    return lossTape().lossAt();
  }

  @Override
  default void forward(Block block) {
    lossTape().forward(block);
  }

  @Override
  default LossValue sweep() {
    return lossTape().sweep(null, null, null);
  }

  @Override
  default void parametersChanged() {
    lossTape().tape().parametersChanged();
  }

  /**
   * The outputs of the newest steps, oldest first: a view that is valid until the next call of
   * {@link #forward}; zeros where a lane was held.
   *
   * @param count at most the steps that the loss reads; see {@link Tape#outputs}
   */
  default Steps outputs(int count) {
    return lossTape().tape().outputs(count);
  }

  /** A copy of the state after the newest step. */
  default State state() {
    return lossTape().tape().state();
  }

  /** Lets a lane begin a new sequence with the next step that it makes. */
  default void reset(int lane) {
    lossTape().tape().reset(lane);
  }

  /** Begins a new stream from the given state, which is a constant. */
  default void restart(State state) {
    lossTape().restart(state);
  }

  @Override
  default void restart() {
    restart(state());
    for (int lane = 0; lane < lanes(); lane++) {
      reset(lane);
    }
  }

  @Override
  default boolean holds() {
    return lossTape().holds();
  }

  /**
   * Begins a new sequence in one lane from the given state, which is a constant; the loss does not
   * read outputs of its steps of before any more.
   *
   * @param state of a single lane, see {@link State#lane}; copied
   * @throws IllegalStateException unless lanes may be held: else they are advanced together
   */
  default void restart(int lane, State state) {
    lossTape().restart(lane, state);
  }

  /**
   * Stores what is known of one lane, so that another sequence can take its place and it can come
   * back: its state, the steps that a sweep reaches back into and the weights that these ran with.
   * If it stays, its next step costs what one after an update does; its numbers are the same.
   *
   * @throws IllegalStateException unless lanes may be held
   */
  default void saveLane(int lane, Snapshot snapshot) {
    lossTape().save(lane, snapshot);
  }

  /**
   * Lets a lane go on from what {@link #saveLane} stored of any lane of an engine built alike, as
   * if it had been held since. The loss does not read outputs of before any more: where it reads
   * none that a sweep has seen, store after a sweep and nothing is missing.
   *
   * @throws IllegalStateException unless lanes may be held
   */
  default void loadLane(int lane, Snapshot snapshot) {
    lossTape().load(lane, snapshot);
  }

  @Override
  default void save(Snapshot snapshot) {
    lossTape().save(snapshot);
  }

  @Override
  default void load(Snapshot snapshot) {
    lossTape().load(snapshot);
  }

  @Override
  default void close() {
    lossTape().close();
  }
}
