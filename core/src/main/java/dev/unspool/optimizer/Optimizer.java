// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Snapshot;

/** A first-order update rule on flat vectors. Holds its moments; not thread-safe. */
public interface Optimizer {
  /**
   * One update.
   *
   * @param theta parameters, modified
   * @param gradient of the same length, not modified
   * @param rate learning rate of this update, ≥ 0
   */
  void step(float[] theta, float[] gradient, double rate);

  /** Stores moments and counters. */
  void save(Snapshot snapshot);

  /** Goes on from what {@link #save} stored. */
  void load(Snapshot snapshot);
}
