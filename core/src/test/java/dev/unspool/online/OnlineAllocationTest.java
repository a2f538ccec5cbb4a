// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.BatchJvm;
import org.junit.jupiter.api.Test;

/**
 * A record makes no garbage in the long run; see {@code tbptt.AllocationTest} for how that is told.
 */
class OnlineAllocationTest {
  /** Bytes a record: a loss and its weight are an object of 32 bytes until they are inlined. */
  static final long BOUND = 128;

  @Test
  void recordsAllocateNothing() throws Exception {
    var bytes = BatchJvm.numbers(OnlineAllocations.class);
    assertEquals(OnlineAllocations.CASES, bytes.size());
    bytes.forEach((where, each) -> assertTrue(each <= BOUND, each + " bytes a record, " + where));
  }
}
