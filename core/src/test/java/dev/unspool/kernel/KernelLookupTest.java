// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KernelLookupTest {
  /** Each Surefire execution says which kernels it is about. */
  @Test
  void theKernelsAreThoseThatThisRunOfTheSuiteAsksFor() {
    assertEquals(System.getProperty("unspool.kernels"), Kernels.get().name());
  }

  @Test
  void theVectorWidthIsTheOneThatThisRunOfTheSuiteAsksFor() {
    String bits = System.getProperty("unspool.vectorBits", "");
    if (!bits.isEmpty()) {
      assertEquals(Integer.parseInt(bits), Simd.F.vectorBitSize());
    }
  }

  @Test
  void withoutAWishItIsVectorsWhereTheMachineHasThem() {
    assertEquals(Simd.isSupported() ? "simd" : "scalar", KernelLookup.choose("").name());
  }

  @Test
  void anUnknownNameIsRefused() {
    var e = assertThrows(IllegalArgumentException.class, () -> KernelLookup.choose("gpu"));
    assertTrue(e.toString().contains("'gpu'"), e.toString());
  }
}
