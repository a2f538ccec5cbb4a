// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Snapshot;

/** What optimizers share: checks of lengths and ranges, and loading a moment. */
final class Moments {
  private Moments() {}

  static void requireSize(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("the vector length must not be negative, found " + size);
    }
  }

  /** Refuses a factor outside 0 ≤ value &lt; 1. */
  static void requireFactor(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "%s must be at least 0 and below 1, found %s".formatted(name, value));
    }
  }

  static void requireNotNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s must be at least 0 and finite, found %s".formatted(name, value));
    }
  }

  static void requireLengths(int expected, float[] theta, float[] gradient) {
    if (theta.length != expected || gradient.length != expected) {
      throw new IllegalArgumentException(
          "the optimizer was made for %d parameters, found %d and a gradient of %d"
              .formatted(expected, theta.length, gradient.length));
    }
  }

  static void load(Snapshot snapshot, String name, float[] into) {
    float[] values = snapshot.floats(name);
    if (values.length != into.length) {
      throw new IllegalArgumentException(
          "'%s' holds %d values, expected %d; the checkpoint belongs to another model or optimizer"
              .formatted(name, values.length, into.length));
    }
    System.arraycopy(values, 0, into, 0, into.length);
  }
}
