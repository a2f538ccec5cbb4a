// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.step.StepProgram;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A stack of recurrent layers between an input and an output, as a step program; {@link
 * NetworkSpec} says which.
 *
 * <p>θ holds, in this order and under PyTorch's names: {@code embedding.weight} (classes × size);
 * for each layer l {@code weight_ih_l<l>} (gates·H × inputs), {@code weight_hh_l<l>} (gates·H × H),
 * {@code bias_ih_l<l>} and {@code bias_hh_l<l>} (gates·H); {@code initial.layer<l>.h} and {@code
 * initial.layer<l>.c} (H) where the initial state is learned; {@code output.weight} (outputs × H)
 * and {@code output.bias} (outputs). A tied output has no weights of its own; cells of one's own
 * have theirs, and {@link Wiring} names what is around them.
 */
public final class Network implements Model {
  private final NetworkSpec spec;
  private final StepProgram program;
  private final ParameterLayout parameters;
  private final StateLayout state;

  /** A network without weights; {@link #initialise(RandomGenerator)} makes some. */
  public Network(NetworkSpec spec) {
    this.spec = spec;
    this.program = NetworkProgram.of(spec);
    this.parameters = program.parameters();
    this.state = program.state();
  }

  /** What this network is made of. */
  public NetworkSpec spec() {
    return spec;
  }

  /** The equations of its step. */
  public StepProgram program() {
    return program;
  }

  @Override
  public ParameterLayout parameters() {
    return parameters;
  }

  @Override
  public StateLayout state() {
    return state;
  }

  @Override
  public int inputs() {
    return program.inputs();
  }

  @Override
  public int outputs() {
    return program.outputs();
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@link Initialisation#PYTORCH} says.
   */
  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    requireLayout(theta);
    program.initialise(theta, random);
  }

  /**
   * Random weights of another kind than PyTorch's.
   *
   * @throws IllegalArgumentException if {@code how} has a bias for forget gates, and no cell has
   *     such gates
   */
  public Parameters initialise(Initialisation how, RandomGenerator random) {
    var theta = new Parameters(parameters);
    how.draw(program, theta, random);
    return theta;
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    requireLayout(theta);
    return program.open(theta, options);
  }

  @Override
  public Function<TapeOptions, ? extends Tape> opener(Parameters theta) {
    requireLayout(theta);
    return program.opener(theta);
  }

  private void requireLayout(Parameters theta) {
    if (!theta.layout().equals(parameters)) {
      throw new IllegalArgumentException(
          "the parameters belong to another model; this one (%s) has %s:%n%s%nfound %s:%n%s"
              .formatted(
                  spec, parameters.size(), parameters, theta.layout().size(), theta.layout()));
    }
  }

  /** The spec on one line. */
  @Override
  public String toString() {
    return spec.toString();
  }
}
