// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Gradient;
import dev.unspool.model.Snapshot;

/** What optimizers share: checks of lengths and ranges, and loading a moment. */
final class Moments {
  private Moments() {}

  /**
   * Refuses a factor outside 0 ≤ value &lt; 1, also after rounding to float32, in which kernels
   * compute.
   */
  static float requireFactor(String name, double value) {
    if (!(value >= 0 && (float) value < 1)) {
      throw new IllegalArgumentException(
          "%s must be at least 0 and, as a float32, below 1; found %s".formatted(name, value));
    }
    return (float) value;
  }

  /**
   * Refuses an ε that is 0 in float32: a parameter that has never had a gradient would become 0/0.
   */
  static float requireEpsilon(double value) {
    if (!((float) value > 0 && (float) value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "epsilon must be above 0 as a float32, found %s; 1e-8 is usual".formatted(value));
    }
    return (float) value;
  }

  static void requireNotNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s must be at least 0 and finite, found %s".formatted(name, value));
    }
  }

  /**
   * Refuses what {@link Optimizer.Bound#step} cannot be called with.
   *
   * @return the values of the gradient
   */
  static float[] requireStep(float[] theta, Gradient gradient, double rate) {
    requireNotNegative("the learning rate", rate);
    float[] values = gradient.values();
    if (values.length != theta.length) {
      throw new IllegalArgumentException(
          "the optimizer is bound to %s parameters, found a gradient of %s"
              .formatted(theta.length, values.length));
    }
    return values;
  }

  static void load(Snapshot snapshot, String name, float[] into) {
    float[] values = snapshot.floats(name);
    if (values.length != into.length) {
      throw new IllegalArgumentException(
          "'%s' holds %s values, expected %s; the checkpoint belongs to another model or optimizer"
              .formatted(name, values.length, into.length));
    }
    System.arraycopy(values, 0, into, 0, into.length);
  }
}
