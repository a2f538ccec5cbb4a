// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.BatchJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A record makes no garbage in the long run; see {@code tbptt.AllocationTest} for how that is told.
 */
class OnlineAllocationTest {
  /** Bytes a record: a loss and its weight are an object of 32 bytes until they are inlined. */
  static final long BOUND = 128;

  @Test
  void recordsAllocateNothing() throws Exception {
    List<String> lines = BatchJvm.run(OnlineAllocations.class, null);
    assertEquals(OnlineAllocations.CASES, lines.size(), lines::toString);
    for (String line : lines) {
      double bytes = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      assertTrue(bytes <= BOUND, "bytes a record: " + line);
    }
  }
}
