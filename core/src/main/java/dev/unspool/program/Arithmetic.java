// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * Arithmetic on values of some kind: numbers for whoever runs a program, local variables for
 * whoever compiles it. Each {@link Function} is written down once, in terms of these.
 *
 * @param <V> kind of value
 */
public interface Arithmetic<V> {
  /** A number. */
  V constant(double value);

  /** a + b. */
  V add(V a, V b);

  /** a · b. */
  V multiply(V a, V b);

  /** a / b. */
  V divide(V a, V b);

  /** −a. */
  V negate(V a);

  /** |a|. */
  V absolute(V a);

  /** The smaller one; NaN if one of them is. */
  V minimum(V a, V b);

  /** The larger one; NaN if one of them is. */
  V maximum(V a, V b);

  /** {@code condition > 0 ? then : otherwise}. */
  V select(V condition, V then, V otherwise);

  /** {@code a >= b ? 1 : 0}. */
  V atLeast(V a, V b);

  /** √a. */
  V squareRoot(V a);

  /** eᵃ. */
  V exponential(V a);

  /** Natural logarithm. */
  V logarithm(V a);

  /** Sine of an angle in radians. */
  V sine(V a);

  /** Cosine of an angle in radians. */
  V cosine(V a);

  /** 1 / (1 + e⁻ᵃ). */
  V sigmoid(V a);

  /** Hyperbolic tangent. */
  V tangent(V a);
}
