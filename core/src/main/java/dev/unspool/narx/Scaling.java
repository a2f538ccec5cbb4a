// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import java.util.List;

/**
 * Divides each component by its root mean square, so that units are near ±1 and 0, the system at
 * rest, stays 0.
 *
 * @param factors one per component
 */
public record Scaling(List<Double> factors) {

  /** Copies the factors. */
  public Scaling {
    factors = List.copyOf(factors);
  }

  /**
   * That of a measured signal.
   *
   * @param values steps × width; not modified
   */
  public static Scaling of(double[] values, int width) {
    Double[] factors = new Double[width];
    for (int i = 0; i < width; i++) {
      double sum = 0;
      int steps = values.length / width;
      for (int t = 0; t < steps; t++) {
        sum += values[t * width + i] * values[t * width + i];
      }
      double rms = Math.sqrt(sum / Math.max(1, steps));
      factors[i] = rms > 0 ? rms : 1;
    }
    return new Scaling(List.of(factors));
  }

  /** Into the model's units. */
  public double[] apply(double[] values) {
    double[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= factors.get(i % factors.size());
    }
    return scaled;
  }

  /** Back into the signal's own units. */
  public double[] invert(double[] values) {
    double[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factors.get(i % factors.size());
    }
    return scaled;
  }
}
