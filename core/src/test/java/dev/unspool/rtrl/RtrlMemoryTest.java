// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.BatchJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However long real-time recurrent learning goes on: what is held does not grow. */
class RtrlMemoryTest {
  /** Bytes an update: a value of the loss, and less than any array that belongs to one. */
  static final long BOUND = 64;

  @Test
  void aMillionStepsTakeNoMoreMemoryThanAThousandAndUpdatesAllocateNothing() throws Exception {
    List<String> lines = BatchJvm.run(RtrlAllocations.class, null);
    assertEquals(4, lines.size(), lines::toString);
    assertTrue(number(lines.get(0)) > 0, lines::toString);
    assertEquals(number(lines.get(0)), number(lines.get(1)), lines::toString);
    assertTrue(number(lines.get(2)) <= BOUND, lines::toString);
    assertTrue(number(lines.get(3)) <= BOUND, lines::toString);
  }

  private static double number(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
