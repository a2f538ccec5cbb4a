// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** How wide the vectors of this process are, for code that is made at run time. */
public final class VectorWidth {
  private VectorWidth() {}

  /** Bits of a vector; 0 where kernels are scalar. */
  public static int bits() {
    return KernelLookup.CHOSEN instanceof SimdKernels ? Simd.F.vectorBitSize() : 0;
  }
}
