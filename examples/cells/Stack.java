// SPDX-License-Identifier: Apache-2.0
package cells;

import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.Locale;

/**
 * Layers of different cells, and more than layers: taps on the input, a connection around each
 * layer, normalisation between them.
 *
 * <p>{@code ./unspool run examples/cells/Stack.java}
 */
public final class Stack {
  private Stack() {}

  static Network network(int inputs, int outputs) {
    return new Network(
        NetworkSpec.of(Cell.LSTM, inputs, 16, outputs)
            .withTaps(0, 1, 5) // what the input was now, one and five steps ago
            .withProjection(16)
            .withLayer(new Cell("mine", MyCell::cell), 12)
            .withResiduals() // from 16 to 12 units through a matrix
            .withNormalisation());
  }

  /** Prints the equations and the parameters, and what the stack learns. */
  public static void main(String[] args) {
    var network = network(2, 1);
    System.out.println(network.program());
    System.out.println();
    System.out.println(network.parameters());
    System.out.printf(
        Locale.ROOT,
        "%nAdding problem: mean squared error %.4f (0.1667 without memory)%n",
        MyCell.train(network, network.initialise(new SplitMix64(1)), 3000, 1));
  }
}
