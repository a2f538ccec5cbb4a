// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import java.util.Arrays;

/**
 * A measured sequence. Arrays are shared and not modified.
 *
 * @param u steps × inputs
 * @param y steps × outputs
 * @param weights one per step; 0 masks the step, which still runs
 */
public record Series(double[] u, double[] y, double[] weights) {

  /** Checks the weights. */
  public Series {
    for (int t = 0; t < weights.length; t++) {
      if (!(weights[t] >= 0) || Double.isInfinite(weights[t])) {
        throw new IllegalArgumentException(
            "the weight of step %s is %s; weights are 0 or more and finite"
                .formatted(t, weights[t]));
      }
    }
  }

  /** Every step with weight 1. */
  public static Series of(double[] u, double[] y, int steps) {
    double[] weights = new double[steps];
    Arrays.fill(weights, 1);
    return new Series(u, y, weights);
  }

  /** Number of steps. */
  public int steps() {
    return weights.length;
  }
}
