// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;

/**
 * A first-order update rule. The rule itself has no state, so that one may serve many trainings;
 * bound to parameters, it has moments of their size.
 *
 * <p>Where a parameter has had no gradient for long, a first moment below 2⁻¹⁰⁰ (8·10⁻³¹) is zero,
 * and so is a second one that is no normal number any more, while the parameter stands still.
 *
 * <pre>{@code
 * var adam = new Adam().bind(theta);
 * adam.step(engine.gradient(), 1e-3);
 * engine.parametersChanged();
 * }</pre>
 */
public interface Optimizer {
  /**
   * The rule for some parameters, at its first update.
   *
   * @param theta shared: each step changes its values
   * @param workers asked by nobody else while a step is made; results do not depend on them
   */
  Bound bind(Parameters theta, Workers workers);

  /** The same, computed by the caller alone. */
  default Bound bind(Parameters theta) {
    return bind(theta, Workers.caller());
  }

  /** A rule that changes certain parameters, with its moments. Not thread-safe. */
  interface Bound {
    /**
     * One update.
     *
     * @param gradient of the length of the parameters, not modified
     * @param rate learning rate of this update, ≥ 0
     */
    void step(Gradient gradient, double rate);

    /** Stores moments and counters. */
    void save(Snapshot snapshot);

    /** Goes on from what {@link #save} stored. */
    void load(Snapshot snapshot);
  }
}
