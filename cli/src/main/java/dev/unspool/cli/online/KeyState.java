// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.online.OnlineLearner;
import java.util.Arrays;

/** What the filter knows of a key, beside what the learner does. */
final class KeyState {
  /** The newest known value of each input. */
  final double[] newest;

  /** The time of its newest record. */
  long time = OnlineLearner.NO_TIME;

  KeyState(int inputs) {
    this.newest = new double[inputs];
    Arrays.fill(newest, Double.NaN);
  }
}
