// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training must not make garbage. Methods that are not compiled yet do, since vectors are objects
 * there; so updates are made until as many as make up a window in a row allocate next to nothing,
 * and a limit of updates, not of time, says when that ought to have been so. Numbers of units are
 * chosen with and without rests behind the last whole vector; {@code KernelCompilationTest} looks
 * at the kernels alone, at more of them.
 */
class AllocationTest {
  private static final int WINDOW = 100;
  private static final int WINDOWS = 500;

  /**
   * Bytes an update: fewer than an array of 17 units for three lanes. A loss and its weight, handed
   * through an engine, are an object of 32 bytes wherever the compiler has not inlined the call.
   */
  private static final long BOUND = 128;

  @ParameterizedTest
  @CsvSource({
    "LSTM, 1, 5, 17",
    "LSTM, 4, 4, 16",
    "LSTM, 2, 4, 3",
    "LSTM, 1, 1, 200",
    "GRU, 1, 3, 100",
    "GRU, 2, 2, 4",
    "rnn-tanh, 2, 3, 17",
    "rnn-relu, 1, 2, 1"
  })
  void updatesAllocateNothing(Cell cell, int k1, int k2, int hidden) {
    int lanes = 3;
    var spec = NetworkSpec.of(cell, 2, hidden, 2).withLayers(2);
    var network = new Network(spec);
    var theta = network.initialise(new Random(1));
    var block = Block.allocate(k1, lanes, 2, 2);
    var builder =
        Tbptt.builder(network, theta)
            .truncation(k1, k2)
            .loss(new MeanSquaredError())
            .lanes(lanes)
            .weightPolicy(WeightPolicy.AS_APPLIED);
    assertAllocatesNothing(builder, theta, block, false);
  }

  /** One lane at a time. */
  @Test
  void lanesThatAreHeldAllocateNothing() {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 16, 2));
    var theta = network.initialise(new Random(1));
    var builder =
        Tbptt.builder(network, theta)
            .truncation(1, 4)
            .loss(new MeanSquaredError())
            .lanes(3)
            .holds();
    assertAllocatesNothing(builder, theta, Block.allocate(1, 3, 2, 2), true);
  }

  private static void assertAllocatesNothing(
      Tbptt.Builder builder, Parameters theta, Block block, boolean turns) {
    var optimizer = new Adam().bind(theta);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var engine = builder.build()) {
      long least = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS && least > BOUND * WINDOW; window++) {
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
      assertTrue(
          least <= BOUND * WINDOW,
          "%s updates allocate at least %s bytes".formatted(WINDOW, least));
    }
  }
}
