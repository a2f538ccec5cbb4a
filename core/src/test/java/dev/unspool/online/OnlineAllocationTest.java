// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A record makes no garbage in the long run; see {@code tbptt.AllocationTest} for how that is told.
 */
class OnlineAllocationTest {
  private static final int WINDOW = 200;
  private static final int WINDOWS = 3000;

  /** Bytes a record: a loss and its weight are an object of 32 bytes until they are inlined. */
  private static final long BOUND = 128;

  @ParameterizedTest
  @CsvSource(
      nullValues = "RTRL",
      value = {
        "LSTM, 1, 5, 1, AS_APPLIED",
        "LSTM, 3, 5, 1, CURRENT",
        "LSTM, 1, 5, 20, REPLAY",
        "GRU, 3, 5, 20, REPLAY",
        "LSTM, 1, 5, 20, AS_APPLIED",
        "MINGRU, 1, 1, 3, RTRL"
      })
  void recordsAllocateNothing(Cell cell, int k1, int k2, int keys, WeightPolicy policy) {
    var network = new Network(NetworkSpec.of(cell, 2, 16, 2));
    var builder =
        OnlineLearner.builder(network, network.initialise(new SplitMix64(1)))
            .horizons(1, 3)
            .season(7)
            .truncation(k1, k2)
            .keys(keys);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    String[] names = new String[keys];
    for (int i = 0; i < keys; i++) {
      names[i] = "key " + i;
    }
    double[] x = new double[2];
    double[] y = new double[1];
    long number = 0;
    try (var learner = (policy == null ? builder.rtrl() : builder.policy(policy)).build()) {
      long least = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS && least > BOUND * WINDOW; window++) {
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < WINDOW; i++, number++) {
          String key = names[(int) (number % keys)];
          long row = learner.rows(key);
          y[0] = Math.sin(0.1 * row);
          x[0] = y[0];
          x[1] = number % 50 == 7 ? Double.NaN : Math.cos(0.1 * row);
          learner.learn(key, row, y);
          learner.predict(key, x);
        }
        long bytes = bean.getCurrentThreadAllocatedBytes() - before;
        least = learner.counters().updates() > 0 ? Math.min(least, bytes) : least;
      }
      assertTrue(
          least <= BOUND * WINDOW, "%s records allocate at least %s".formatted(WINDOW, least));
    }
  }
}
