// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.LearningRate;

/**
 * A learning rate that is raised for a while after an alarm that errors have grown, so that what
 * was learned of another law is unlearned sooner.
 */
final class DriftRate {
  private final LearningRate rate;
  private final double factor;
  private final int length;

  /** The first update that is as usual. */
  private long until;

  /**
   * As usual.
   *
   * @param factor by which the rate is raised, at least 1
   * @param length for so many updates
   */
  DriftRate(LearningRate rate, double factor, int length) {
    this.rate = rate;
    this.factor = factor;
    this.length = length;
  }

  /** Errors have grown, after so many updates. */
  void alarm(long updates) {
    until = updates + length;
  }

  /** The rate after so many updates. */
  double at(long updates) {
    double usual = rate.at(updates, 1);
    return updates < until ? factor * usual : usual;
  }

  void save(Snapshot snapshot) {
    snapshot.put("until", until);
  }

  void load(Snapshot snapshot) {
    until = snapshot.longs("until")[0];
  }
}
