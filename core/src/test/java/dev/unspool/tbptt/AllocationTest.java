// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.BatchJvm;
import org.junit.jupiter.api.Test;

/**
 * Training must not make garbage. Methods that are not compiled yet do, since vectors are objects
 * there; so it is looked at in a JVM in which after so many updates everything is compiled. {@code
 * KernelCompilationTest} looks at the kernels alone, at more numbers of units.
 */
class AllocationTest {
  /**
   * Bytes an update: fewer than an array of 17 units for three lanes. A loss and its weight, handed
   * through an engine, are an object of 32 bytes wherever the compiler has not inlined the call.
   */
  static final long BOUND = 128;

  @Test
  void updatesAllocateNothing() throws Exception {
    var bytes = BatchJvm.numbers(Allocations.class);
    assertEquals(Allocations.CASES, bytes.size());
    bytes.forEach((where, each) -> assertTrue(each <= BOUND, each + " bytes an update, " + where));
  }
}
