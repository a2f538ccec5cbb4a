// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.GradientReach;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;

/**
 * "How large must k2 be?" So large that what is cut off is small: this prints how large the
 * derivative of the loss with respect to the state still is, step by step back in time, at the
 * first weights of an LSTM and of a simple recurrent network.
 *
 * <p>{@code ./unspool run examples/forum/HowFarBack.java}
 */
public final class HowFarBack {
  private static final int K2 = 20;
  private static final int SWEEPS = 50;

  private HowFarBack() {}

  /** Prints both. */
  public static void main(String[] args) {
    for (Cell cell : new Cell[] {Cell.LSTM, Cell.RNN_TANH}) {
      System.out.println(cell + System.lineSeparator() + reach(cell));
    }
  }

  /** ‖∂L/∂s‖ by lag, over some sweeps of random data. */
  static GradientReach reach(Cell cell) {
    var network = new Network(NetworkSpec.of(cell, 2, 32, 1));
    var random = new SplitMix64(1);
    var theta = network.initialise(random);
    var reach = new GradientReach(K2);
    var block = Block.allocate(K2, 1, 2, 1);
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(new Truncation(K2, K2, LossAt.LAST))
            .loss(new MeanSquaredError())
            .build()) {
      engine.observe(reach);
      for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int i = 0; i < block.inputs().size(); i++) {
          block.inputs().values()[i] = random.nextFloat(-1, 1);
        }
        block.targets().fill(random.nextFloat(-1, 1));
        engine.forward(block);
        engine.sweep();
      }
    }
    return reach;
  }
}
