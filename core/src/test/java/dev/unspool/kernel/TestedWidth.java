// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import jdk.incubator.vector.FloatVector;

/** For tests that look at what the JVM's compilers make of vectors. */
public final class TestedWidth {
  private TestedWidth() {}

  /**
   * Bits of the vectors that this run of the suite asks for, or of the widest ones that the machine
   * has, where these are less: what it does not have is an object at each operation.
   */
  public static int bits() {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    return Math.min(Integer.getInteger("unspool.vectorBits", widest), widest);
  }
}
