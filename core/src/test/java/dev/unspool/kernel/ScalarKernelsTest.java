// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The oracle of the fast kernels is held against formulas. */
class ScalarKernelsTest {
  @Nested
  class All extends KernelsContract {
    @Override
    protected Kernels kernels() {
      return new ScalarKernels();
    }
  }

  /** Each execution of the suite names its kernels; another one at work would prove nothing. */
  @Test
  void theKernelsAskedForAreTheOnesAtWork() {
    String wanted = System.getProperty("unspool.kernels", "");
    assertTrue(wanted.isEmpty() || wanted.equals(Kernels.get().name()), Kernels.get().name());
  }

  @Test
  void unknownKernelsAreRefused() {
    assertEquals("scalar", KernelLookup.choose("scalar").name());
    refused(() -> KernelLookup.choose("fast"), "fast", "scalar");
  }
}
