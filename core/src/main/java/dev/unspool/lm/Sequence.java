// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;

/**
 * One measured sequence. Lanes of unequal length are sequences of unequal length. Arrays are
 * shared, not copied, and not modified.
 *
 * @param inputs steps × inputs
 * @param targets steps × outputs, what the outputs should have been; NaN where that is not known:
 *     it counts in nothing
 * @param weights one per step: the weight of its squared residuals; 0 masks the step, which still
 *     runs
 */
public record Sequence(double[] inputs, double[] targets, double[] weights) {

  /** Checks the weights. */
  public Sequence {
    for (int t = 0; t < weights.length; t++) {
      if (!(weights[t] >= 0) || Double.isInfinite(weights[t])) {
        throw new IllegalArgumentException(
            "the weight of step %s is %s; weights are 0 or more and finite"
                .formatted(t, weights[t]));
      }
    }
  }

  /** Every step with weight 1. */
  public static Sequence of(double[] inputs, double[] targets, int steps) {
    return of(inputs, targets, steps, 0);
  }

  /** Every step with weight 1, but for a few at the beginning in which the state settles. */
  public static Sequence of(double[] inputs, double[] targets, int steps, int warmUp) {
    double[] weights = new double[steps];
    Arrays.fill(weights, Math.min(warmUp, steps), steps, 1);
    return new Sequence(inputs, targets, weights);
  }

  /** Number of steps. */
  public int steps() {
    return weights.length;
  }
}
