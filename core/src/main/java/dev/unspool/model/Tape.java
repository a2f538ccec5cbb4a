// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.List;

/**
 * What a model remembers of the newest steps in order to differentiate them, and the state that it
 * carries. Bounded: it holds at most {@link TapeOptions#capacity()} steps, older ones fall off. Not
 * thread-safe.
 */
public interface Tape extends AutoCloseable {
  /** How this tape was opened. */
  TapeOptions options();

  /** The threads that share the work of this tape; the caller alone unless a tape has others. */
  default Workers workers() {
    return Workers.caller();
  }

  /** Number of steps held now, at most the capacity. */
  int held();

  /**
   * Appends steps; the oldest fall off. Blocks of any length give the same numbers as the same
   * steps one by one.
   *
   * <p>Numbers are not looked at: one NaN or infinity spreads through the state. Refusing them is
   * the business of whoever reads the data.
   *
   * @param inputs any number of steps × lanes × inputs; not modified, not kept
   * @param events of the same lanes and at least as many steps; not modified, not kept
   * @throws IllegalArgumentException if sizes differ from the model's, or an index is out of range;
   *     nothing has changed then
   */
  void forward(Steps inputs, LaneEvents events);

  /**
   * Refuses what {@link #forward} refuses of inputs and events, and changes nothing.
   *
   * @throws IllegalArgumentException as {@link #forward} does
   */
  void check(Steps inputs, LaneEvents events);

  /** Appends steps of sequences that all go on. */
  default void forward(Steps inputs) {
    forward(inputs, new LaneEvents(inputs.steps(), inputs.lanes()));
  }

  /**
   * The outputs of the newest {@code count} steps, oldest first. Outputs are computed when they are
   * first asked for (at the latest when the weights change, at the weights that the steps ran with)
   * and kept for the output window; a step that leaves the window before anybody has asked costs no
   * output layer.
   *
   * @param count at most the output window and the number of steps run so far
   * @return a view that is valid until the next call of {@link #forward}
   * @throws IllegalStateException if an output was never computed and its step is off the tape
   */
  Steps outputs(int count);

  /**
   * One sweep: differentiates the newest {@code depth} steps, newest first, in one pass for all
   * layers and all arrays of the state. Whatever lies before them is a constant. Each adjoint is
   * swept independently over the same activations; its gradient is overwritten, not added to.
   *
   * @param depth at least 1, at most {@link #held()}; 1 means the last step only
   * @param adjoints one or more, e.g. one for a loss, or the rows of a Jacobian
   * @throws IllegalArgumentException if sizes differ from the model's, or if derivatives are of
   *     outputs older than the output window and this tape no longer has the weights that these
   *     were computed with
   */
  void backward(int depth, List<Adjoint> adjoints);

  /** One sweep with one adjoint. */
  default void backward(int depth, Adjoint adjoint) {
    backward(depth, List.of(adjoint));
  }

  /** A copy of the state after the newest step, which the next step will start from. */
  State state();

  /**
   * Copies the state after the newest step, as {@link #state()} has it.
   *
   * @param into of the same layout and lanes; overwritten
   */
  default void state(State into) {
    into.set(state());
  }

  /**
   * Starts from the given state, which the tape treats as a constant: all steps fall off.
   *
   * @param state of the same layout and lanes; copied
   */
  void restore(State state);

  /** Lets a lane begin a new sequence with the next step. */
  void reset(int lane);

  /** Says that θ has changed since the last {@link #forward}; see {@link WeightPolicy}. */
  void parametersChanged();

  /** Stores everything that the tape holds. */
  void save(Snapshot snapshot);

  /** Goes on from what {@link #save} stored, on a tape that was opened with the same options. */
  void load(Snapshot snapshot);

  /**
   * Frees what the tape holds outside the Java heap and ends its threads, if there are any. May be
   * called again. Whatever else is called afterwards, except {@link #options} and {@link #held}, is
   * refused with an {@link IllegalStateException}.
   */
  @Override
  void close();
}
