// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import com.sun.management.ThreadMXBean;
import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import java.lang.management.ManagementFactory;
import java.util.Random;

/**
 * Says what updates allocate, a line a case. Numbers of units are chosen with and without rests
 * behind the last whole vector.
 */
final class Allocations {
  /** How many lines there are. */
  static final int CASES = 9;

  private static final int WINDOW = 100;
  private static final int WINDOWS = 200;

  private Allocations() {}

  /** Runs all cases. */
  public static void main(String[] args) {
    updates(Cell.LSTM, 1, 5, 17);
    updates(Cell.LSTM, 4, 4, 16);
    updates(Cell.LSTM, 2, 4, 3);
    updates(Cell.LSTM, 1, 1, 200);
    updates(Cell.GRU, 1, 3, 100);
    updates(Cell.GRU, 2, 2, 4);
    updates(Cell.RNN_TANH, 2, 3, 17);
    updates(Cell.RNN_RELU, 1, 2, 1);
    lanesThatAreHeld();
  }

  private static void updates(Cell cell, int k1, int k2, int hidden) {
    int lanes = 3;
    var network = new Network(NetworkSpec.of(cell, 2, hidden, 2).withLayers(2));
    var theta = network.initialise(new Random(1));
    var builder =
        Tbptt.builder(network, theta)
            .truncation(k1, k2)
            .loss(new MeanSquaredError())
            .lanes(lanes)
            .weightPolicy(WeightPolicy.AS_APPLIED);
    var block = Block.allocate(k1, lanes, 2, 2);
    say(
        "%s, k1 = %s, k2 = %s, %s units".formatted(cell, k1, k2, hidden),
        builder,
        theta,
        block,
        false);
  }

  /** One lane at a time. */
  private static void lanesThatAreHeld() {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 16, 2));
    var theta = network.initialise(new Random(1));
    var builder =
        Tbptt.builder(network, theta)
            .truncation(1, 4)
            .loss(new MeanSquaredError())
            .lanes(3)
            .holds();
    say("lanes that are held", builder, theta, Block.allocate(1, 3, 2, 2), true);
  }

  /** Of many updates the hundred in a row that allocate least, in bytes an update. */
  private static void say(
      String what, Tbptt.Builder builder, Parameters theta, Block block, boolean turns) {
    var optimizer = new Adam().bind(theta);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    try (var engine = builder.build()) {
      for (int window = 0; window < WINDOWS && least > AllocationTest.BOUND * WINDOW; window++) {
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < WINDOW; i++) {
          for (int lane = 0; turns && lane < block.lanes(); lane++) {
            if (lane == i % block.lanes()) {
              block.events().set(0, lane, false);
            } else {
              block.events().hold(0, lane);
            }
          }
          engine.forward(block);
          engine.sweep();
          optimizer.step(engine.gradient(), 1e-4);
          engine.parametersChanged();
        }
        least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
      }
    }
    System.out.println(what + ": " + (double) least / WINDOW);
  }
}
