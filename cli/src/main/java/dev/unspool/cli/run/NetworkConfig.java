// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.network.Cell;
import dev.unspool.network.Initialisation;
import dev.unspool.network.Input;
import dev.unspool.network.NetworkSpec;
import org.jspecify.annotations.Nullable;

/**
 * The network between what goes in and what comes out, which the data decide.
 *
 * @param cell kind of all recurrent layers
 * @param hidden units of each layer
 * @param layers number of recurrent layers
 * @param dropout probability between layers
 * @param embedding width of the table that tokens are looked up in; 0: one-hot; not for numbers
 * @param tied whether the output uses that table too
 * @param learnedInitialState whether the initial state is learned
 * @param init how the weights begin; null as PyTorch's do
 */
public record NetworkConfig(
    Cell cell,
    int hidden,
    int layers,
    double dropout,
    int embedding,
    boolean tied,
    boolean learnedInitialState,
    @Nullable Initialisation init) {

  /** How the weights begin. */
  public Initialisation initialisation() {
    return init == null ? Initialisation.PYTORCH : init;
  }

  /** The network for given inputs and outputs. */
  NetworkSpec spec(Input input, int outputs) {
    try {
      return new NetworkSpec(
          input, cell, hidden, layers, (float) dropout, outputs, tied, learnedInitialState);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** The input of a network that reads tokens. */
  Input tokens(int vocabulary) {
    return embedding == 0
        ? new Input.OneHot(vocabulary)
        : new Input.Embedding(vocabulary, embedding);
  }
}
