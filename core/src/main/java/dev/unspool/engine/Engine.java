// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;

/**
 * What turns steps into gradients: runs them forwards, carries the state, and hands out a loss and
 * its derivative with respect to its own θ every {@link #interval} steps. That moment is called a
 * sweep, also where an engine has accumulated the derivative on the way. Not thread-safe.
 */
public interface Engine extends AutoCloseable {
  /**
   * θ, of which {@link #gradient} is the derivative. Shared: an optimizer changes these values, and
   * whoever does calls {@link #parametersChanged}.
   */
  Parameters parameters();

  /** Number of sequences advanced side by side. */
  int lanes();

  /**
   * Whether a lane may be held, so that it does not step while others do ({@link Block#events()}).
   */
  default boolean holds() {
    return false;
  }

  /** Largest number of steps from one sweep to the next, at least 1. */
  int interval();

  /** Number of steps run since the last sweep, 0 to {@link #interval}. */
  int stepsSinceSweep();

  /** Number of steps that may be run before the next sweep. */
  default int stepsToSweep() {
    return interval() - stepsSinceSweep();
  }

  /** Whether a sweep must come before any other step. */
  default boolean sweepIsDue() {
    return stepsToSweep() == 0;
  }

  /**
   * Runs steps forwards and carries the state.
   *
   * @param block at most {@link #stepsToSweep()} steps; not modified, not kept
   * @throws IllegalArgumentException if the block does not fit; nothing has changed then
   */
  void forward(Block block);

  /**
   * The loss since the last sweep; its derivative is in {@link #gradient}. May be asked for before
   * it is due, to use up the last steps of the data.
   *
   * @throws IllegalStateException if no step was run since the last sweep
   */
  LossValue sweep();

  /**
   * ∂loss/∂θ of the last sweep, which whoever has asked for it may change; the next overwrites it.
   */
  Gradient gradient();

  /** Says that θ has changed. */
  void parametersChanged();

  /** Forgets everything: every lane is about to begin a new sequence. */
  void restart();

  /** The threads that share the work of this engine, for what is to be done between its sweeps. */
  Workers workers();

  /**
   * Stores everything that the engine needs to go on. Not included are θ itself, and the gradient
   * of the last sweep: store after the update for which it was computed.
   */
  void save(Snapshot snapshot);

  /** Goes on from what {@link #save} stored; θ must have been loaded before. */
  void load(Snapshot snapshot);

  @Override
  void close();
}
