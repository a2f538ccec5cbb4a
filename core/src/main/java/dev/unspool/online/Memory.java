// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import java.util.List;

/**
 * What is known of the newest steps of one key: enough to make the next one, and to go back through
 * those that a sweep goes back through. A step is tried, looked at, and then kept or dropped.
 */
sealed interface Memory permits OwnTape, Window {
  /** Makes sure that what belongs to this key is at hand. */
  void touch();

  /**
   * Tries a step.
   *
   * @param input one step of one lane; not modified
   * @param begins whether a new sequence begins with it
   * @return its outputs: a view that is valid until the next call
   */
  Steps step(Steps input, boolean begins);

  /** The state that the step leaves which was tried last: a view. */
  State tried();

  /** Keeps the step that was tried. */
  void keep();

  /** Takes the step back that was tried: the state is that of before. */
  void drop();

  /**
   * Makes a sweep through the newest steps possible.
   *
   * @return false if today's weights lose the way; nothing has changed then
   */
  boolean recall();

  /** Takes over what {@link #recall} has made of the newest steps: a sweep was made of it. */
  void settle();

  /** Through how many steps a sweep can go back. */
  int held();

  /** Of how many of the newest steps outputs are there. */
  int known();

  /** The loss, bound to what puts out {@link #outputs}. */
  Loss loss();

  /** Outputs of the newest steps, oldest first; after {@link #recall}. */
  Steps outputs(int count);

  /** A sweep; after {@link #recall}. */
  void backward(int depth, List<Adjoint> adjoints);

  /** Stores what is known. */
  void save(Snapshot snapshot);

  /** Takes up what was stored. */
  void load(Snapshot snapshot);

  /** Lets go of what belongs to this key alone. */
  void forget();
}
