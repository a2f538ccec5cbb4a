// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process and what else the loops on vectors have in common.
 *
 * <p>The width is a constant, since the compiler turns vector operations into instructions only
 * where it knows the species. It is the widest that the machine prefers, unless the system property
 * {@code unspool.vectorBits} asks for 64, 128, 256 or 512, which is meant for tests: a width that
 * the machine does not have works and is very slow.
 *
 * <p>Two rules for whoever writes such a loop, because a vector that the compiler cannot keep in a
 * register becomes an object, at each turn of the loop:
 *
 * <ul>
 *   <li>No method of our own takes or returns a vector. Those of the Vector API are always inlined,
 *       ours only as long as the compiler thinks it worth it, which changes with the size of what
 *       is around, with the width, and from one run to the next.
 *   <li>No masks. What is left of a row behind the last whole vector is computed by scalar code of
 *       the same operations, so that a unit's bits do not depend on the units beside it.
 * </ul>
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
}
