// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A recurrent function {@code (θ, x_t, s_t) → (y_t, s_{t+1})} that can be differentiated.
 *
 * <p>A model has no state and no parameters of its own: θ is passed in, and the state lives in a
 * {@link Tape}. Models are immutable and may be shared between threads; tapes may not.
 */
public interface Model {
  /** Names and shapes of θ. */
  ParameterLayout parameters();

  /** Names and sizes of the arrays that are carried from step to step. */
  StateLayout state();

  /** Number of input features of one lane at one step. */
  int inputs();

  /** Number of output features of one lane at one step. */
  int outputs();

  /**
   * Fills θ with initial values.
   *
   * @param theta in this model's layout; overwritten
   * @param random the only source of randomness
   */
  void initialise(Parameters theta, RandomGenerator random);

  /**
   * Opens a tape on which every lane is about to begin a new sequence.
   *
   * @param theta shared with the caller, who may change it between a sweep and the next {@link
   *     Tape#forward} and must then call {@link Tape#parametersChanged()}
   */
  Tape open(Parameters theta, TapeOptions options);

  /**
   * Opens tapes over the same θ that go on each on its own, such as one for each key of a stream,
   * and share what they can: room to work in, and what is made of θ. So they are for one caller,
   * who uses one at a time, calls {@link Tape#parametersChanged()} of all of them before any goes
   * on, and closes the first one last. Results are those of {@link #open}.
   *
   * @param theta as for {@link #open}
   */
  default Function<TapeOptions, ? extends Tape> opener(Parameters theta) {
    return options -> open(theta, options);
  }

  /** θ in this model's layout, initialised. */
  default Parameters initialise(RandomGenerator random) {
    var theta = new Parameters(parameters());
    initialise(theta, random);
    return theta;
  }
}
