// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** How large each update is. */
public interface LearningRate {
  /**
   * The learning rate of one update.
   *
   * @param update number of the update, from 0
   * @param epoch pass over the data, from 1
   */
  double at(long update, int epoch);

  /** The same rate for all updates. */
  static LearningRate constant(double rate) {
    return (update, epoch) -> rate;
  }
}
