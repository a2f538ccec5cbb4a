// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** The two non-linearities, rounded once from float64. */
final class Scalar {
  private Scalar() {}

  /** 1 / (1 + e⁻ˣ). */
  static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /** Hyperbolic tangent. */
  static float tanh(float x) {
    return (float) Math.tanh(x);
  }
}
