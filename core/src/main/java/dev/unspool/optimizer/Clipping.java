// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** Stub. */
public interface Clipping {
  /** Norm. */
  double apply(float[] gradient);

  /** None. */
  static Clipping none() {
    return gradient -> {
      double sum = 0;
      for (float g : gradient) {
        sum += (double) g * g;
      }
      return Math.sqrt(sum);
    };
  }
}
