// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import com.sun.management.ThreadMXBean;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Says what records of streams allocate, a line a case; for {@link OnlineAllocationTest}. */
final class OnlineAllocations {
  /** How many lines there are. */
  static final int CASES = 6;

  private static final int WINDOW = 200;
  private static final int WINDOWS = 3000;

  private OnlineAllocations() {}

  /** Runs all cases. */
  public static void main(String[] arguments) {
    records(Cell.LSTM, 1, 5, 1, WeightPolicy.AS_APPLIED);
    records(Cell.LSTM, 3, 5, 1, WeightPolicy.CURRENT);
    records(Cell.LSTM, 1, 5, 20, WeightPolicy.REPLAY);
    records(Cell.GRU, 3, 5, 20, WeightPolicy.REPLAY);
    records(Cell.LSTM, 1, 5, 20, WeightPolicy.AS_APPLIED);
    records(Cell.named("mingru"), 1, 1, 3, null);
  }

  /**
   * Of many records the hundreds in a row that allocate least, in bytes a record.
   *
   * @param policy null for real-time recurrent learning
   */
  private static void records(Cell cell, int k1, int k2, int keys, @Nullable WeightPolicy policy) {
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
    long least = Long.MAX_VALUE;
    try (var learner = (policy == null ? builder.rtrl() : builder.policy(policy)).build()) {
      for (int w = 0; w < WINDOWS && least > OnlineAllocationTest.BOUND * WINDOW; w++) {
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
    }
    System.out.println(
        "%s, k1 = %s, k2 = %s, %s keys, %s: ".formatted(cell, k1, k2, keys, policy)
            + (double) least / WINDOW);
  }
}
