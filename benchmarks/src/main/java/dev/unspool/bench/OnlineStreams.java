// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.online.OnlineLearner;

/**
 * Streams that a learner is measured on: autoregressive noise of as many keys as there are, taking
 * turns. A record is learned from and then predicted from, with everything that goes with it:
 * scales, baselines, bands, drift.
 */
final class OnlineStreams implements AutoCloseable {
  private final OnlineLearner learner;
  private final String[] names;
  private final double[] values;
  private final double[] one = new double[1];
  private final SplitMix64 random = new SplitMix64(2);
  private long number;

  OnlineStreams(int hidden, int k1, int k2, int keys, WeightPolicy policy) {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 1, hidden, 1));
    this.learner =
        OnlineLearner.builder(network, network.initialise(new SplitMix64(1)))
            .truncation(k1, k2)
            .keys(keys)
            .policy(policy)
            .build();
    this.names = new String[keys];
    this.values = new double[keys];
    for (int i = 0; i < keys; i++) {
      names[i] = "key " + i;
    }
  }

  /** Goes on for so many records. */
  void run(long records) {
    for (long i = 0; i < records; i++) {
      int key = (int) (number++ % names.length);
      values[key] = 0.9 * values[key] + random.nextDouble(-1, 1);
      one[0] = values[key];
      learner.learn(names[key], learner.rows(names[key]), one);
      learner.predict(names[key], one);
    }
  }

  long updates() {
    return learner.counters().updates();
  }

  @Override
  public void close() {
    learner.close();
  }
}
