// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.ArrayList;
import java.util.random.RandomGenerator;

/**
 * The built-in model: an input, a stack of recurrent layers, a linear output; {@link NetworkSpec}
 * says which.
 *
 * <p>θ holds, in this order and under PyTorch's names: {@code embedding.weight} (classes × size);
 * for each layer l {@code weight_ih_l<l>} (gates·H × inputs), {@code weight_hh_l<l>} (gates·H × H),
 * {@code bias_ih_l<l>} and {@code bias_hh_l<l>} (gates·H); {@code initial.layer<l>.h} and {@code
 * initial.layer<l>.c} (H) where the initial state is learned; {@code output.weight} (outputs × H)
 * and {@code output.bias} (outputs). A tied output has no weights of its own.
 */
public final class Network implements Model {
  private final NetworkSpec spec;
  private final ParameterLayout parameters;
  private final StateLayout state;

  /** A network without weights; {@link #initialise(RandomGenerator)} makes some. */
  public Network(NetworkSpec spec) {
    this.spec = spec;
    this.parameters = parameterLayout(spec);
    this.state = stateLayout(spec);
  }

  private static ParameterLayout parameterLayout(NetworkSpec spec) {
    var layout = ParameterLayout.builder();
    if (spec.input() instanceof Input.Embedding(int classes, int size)) {
      layout.add("embedding.weight", classes, size);
    }
    int hidden = spec.hidden();
    int rows = spec.cell().gates() * hidden;
    for (int layer = 0; layer < spec.layers(); layer++) {
      layout
          .add("weight_ih_l" + layer, rows, layer == 0 ? spec.input().width() : hidden)
          .add("weight_hh_l" + layer, rows, hidden)
          .add("bias_ih_l" + layer, rows)
          .add("bias_hh_l" + layer, rows);
    }
    if (spec.learnedInitialState()) {
      for (var array : stateLayout(spec).arrays()) {
        layout.add("initial." + array.name(), array.size());
      }
    }
    if (spec.outputs() > 0) {
      if (!spec.tied()) {
        layout.add("output.weight", spec.outputs(), hidden);
      }
      layout.add("output.bias", spec.outputs());
    }
    return layout.build();
  }

  private static StateLayout stateLayout(NetworkSpec spec) {
    var arrays = new ArrayList<StateLayout.Entry>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (String array : spec.cell().stateArrays()) {
        arrays.add(new StateLayout.Entry("layer" + layer + "." + array, spec.hidden()));
      }
    }
    return new StateLayout(arrays);
  }

  /** What this network is made of. */
  public NetworkSpec spec() {
    return spec;
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
    return spec.input().features();
  }

  @Override
  public int outputs() {
    return spec.outputs() > 0 ? spec.outputs() : spec.hidden();
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@link Initialisation#PYTORCH} says.
   */
  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    requireLayout(theta);
    Initialisation.PYTORCH.draw(this, theta, random);
  }

  /**
   * Random weights of another kind than PyTorch's.
   *
   * @throws IllegalArgumentException if {@code how} has a bias for forget gates, and the cell has
   *     no such gates
   */
  public Parameters initialise(Initialisation how, RandomGenerator random) {
    var theta = new Parameters(parameters);
    how.draw(this, theta, random);
    return theta;
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    requireLayout(theta);
    return new NetworkTape(this, theta, options, Kernels.open(options.threads()));
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
