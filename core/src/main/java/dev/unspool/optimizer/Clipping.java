// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** What is done to a gradient before an update. */
public interface Clipping {
  /**
   * Clips a gradient in place.
   *
   * @return its Euclidean norm before
   */
  double apply(float[] gradient);

  /** Leaves it as it is. */
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
