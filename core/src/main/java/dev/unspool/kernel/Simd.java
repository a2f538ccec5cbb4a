// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process and the two non-linearities on vectors.
 *
 * <p>The width is a constant, since the compiler turns vector operations into instructions only
 * where it knows the species. It is the widest that the machine prefers, unless the system property
 * {@code unspool.vectorBits} asks for 64, 128, 256 or 512, which is meant for tests: a width that
 * the machine does not have works and is very slow.
 *
 * <p>Largest errors, found by comparing with float64 over all of float's range in steps: 4 units in
 * the last place for both; the sigmoid of arguments below −87 is 1.6e-38 instead of less than that.
 * NaN stays NaN.
 */
final class Simd {
  /** The species of all float vectors. */
  static final VectorSpecies<Float> F = species(System.getProperty("unspool.vectorBits", ""));

  /** Floats in a vector. */
  static final int L = F.length();

  /** Width of a panel of weights: two vectors. */
  static final int W = 2 * L;

  /**
   * Whether six rows of two panels (24 sums, 4 weights, a factor) fit into the registers: so on
   * AVX-512 and on ARM, which have 32 of them.
   */
  static final boolean WIDE = F.vectorBitSize() == 512 || isArm();

  /** 1.5·2²³: added to a float below 2²², it leaves the nearest integer in the lowest bits. */
  static final float ROUND = 0x1.8p23f;

  static final float LOG2_E = 0x1.715476p0f;

  /** ln 2 in two parts, the first with so few bits that its product with n is exact. */
  static final float LN2_HIGH = 0x1.62e4p-1f;

  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  private Simd() {}

  private static VectorSpecies<Float> species(String bits) {
    return bits.isEmpty()
        ? FloatVector.SPECIES_PREFERRED
        : VectorSpecies.of(float.class, VectorShape.forBitSize(Integer.parseInt(bits)));
  }

  /** Whether the machine has vectors that are worth the trouble. */
  static boolean isSupported() {
    return F.vectorBitSize() >= 128;
  }

  private static boolean isArm() {
    String name = System.getProperty("os.arch", "");
    return name.equals("aarch64") || name.equals("arm64");
  }

  /** The lanes that are left of {@code size} at {@code index}, of which there may be none. */
  static VectorMask<Float> rest(int index, int size) {
    return F.indexInRange(index, size);
  }

  /** x·log₂e + 1.5·2²³: the nearest integer n stands in the lowest bits. */
  private static FloatVector rounded(FloatVector x) {
    return x.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUND));
  }

  /**
   * eʳ − 1 for r = x − n·ln 2, |r| ≤ ln 2 / 2. The polynomial is the Taylor series up to r⁷, whose
   * relative error is 0.3·2⁻²⁴.
   */
  private static FloatVector fraction(FloatVector x, FloatVector rounded) {
    FloatVector n = rounded.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
    FloatVector p = r.fma(FloatVector.broadcast(F, 1 / 5040f), FloatVector.broadcast(F, 1 / 720f));
    p = p.fma(r, FloatVector.broadcast(F, 1 / 120f));
    p = p.fma(r, FloatVector.broadcast(F, 1 / 24f));
    p = p.fma(r, FloatVector.broadcast(F, 1 / 6f));
    p = p.fma(r, FloatVector.broadcast(F, 0.5f));
    return p.mul(r).fma(r, r);
  }

  /** 2ⁿ for the n in the lowest bits of {@code rounded}. */
  private static FloatVector power(FloatVector rounded) {
    IntVector bits = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return bits.add(Float.floatToRawIntBits(1)).reinterpretAsFloats();
  }

  /** eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1), so that nothing cancels around 0; −87.3 ≤ x ≤ 88. */
  static FloatVector expm1(FloatVector x) {
    FloatVector rounded = rounded(x);
    FloatVector power = power(rounded);
    return fraction(x, rounded).fma(power, power.sub(1));
  }

  static FloatVector clamp(FloatVector x, float low, float high) {
    FloatVector upper = x.blend(high, x.compare(VectorOperators.GT, high));
    return upper.blend(low, upper.compare(VectorOperators.LT, low));
  }

  /** eˣ for x ≤ 88; 1.6e-38 where x is below −87. */
  static FloatVector exp(FloatVector x) {
    FloatVector c = clamp(x, -87, 88);
    FloatVector rounded = rounded(c);
    FloatVector power = power(rounded);
    return fraction(c, rounded).fma(power, power);
  }

  /** Hyperbolic tangent, as (e²ˣ − 1) / (e²ˣ + 1). */
  static FloatVector tanh(FloatVector x) {
    FloatVector c = clamp(x, -10, 10);
    FloatVector e = expm1(c.add(c));
    return e.div(e.add(2));
  }

  /** 1 − x. */
  static FloatVector oneMinus(FloatVector x) {
    return FloatVector.broadcast(F, 1).sub(x);
  }

  /** 1 − x². */
  static FloatVector oneMinusSquare(FloatVector x) {
    return x.neg().fma(x, FloatVector.broadcast(F, 1));
  }
}
