// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Gradient;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;

/** Parameters and gradients that are nothing but a vector. */
final class Vectors {
  private Vectors() {}

  static ParameterLayout layout(int size) {
    return ParameterLayout.builder().add("w", size).build();
  }

  static Parameters parameters(float... values) {
    return new Parameters(layout(values.length), values);
  }

  /** A gradient with a copy of these values. */
  static Gradient gradient(float... values) {
    var gradient = new Gradient(layout(values.length));
    System.arraycopy(values, 0, gradient.values(), 0, values.length);
    return gradient;
  }

  static float[] random(int size, long seed) {
    var random = new SplitMix64(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
