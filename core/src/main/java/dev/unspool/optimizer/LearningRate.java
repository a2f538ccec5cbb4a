// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** Stub. */
public interface LearningRate {
  /** Rate. */
  double at(long update, int epoch);

  /** Constant. */
  static LearningRate constant(double rate) {
    return (update, epoch) -> rate;
  }
}
