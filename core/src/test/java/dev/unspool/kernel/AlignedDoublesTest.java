// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Numbers that are written anew go to where a cache line begins. */
class AlignedDoublesTest {
  private static final int SIZE = 1 << 14;

  @Test
  void numbersThatAreWrittenAnewBeginWithACacheLine() {
    int compared = 0;
    for (int round = 0; round < 20; round++) {
      var doubles = new AlignedDoubles(SIZE + round);
      Arrays.fill(doubles.values(), 1);
      int before = doubles.start();
      int line = line(doubles);
      int start = doubles.renew();
      if (line == line(doubles)) { // else the collector has moved it meanwhile
        assertEquals(line, start);
        compared++;
      }
      assertEquals(start, doubles.start());
      assertTrue(start + SIZE + round <= doubles.values().length);
      assertEquals(start == before ? 1 : 0, doubles.values()[start + SIZE - 1]);
    }
    assertTrue(compared > 0);
  }

  private static int line(AlignedDoubles doubles) {
    return CacheLines.before(MemorySegment.ofArray(doubles.values())) / Double.BYTES;
  }

  @Test
  void roomGrowsAndDoesNotShrink() {
    var doubles = new AlignedDoubles(10);
    double[] small = doubles.values();
    doubles.makeRoom(10);
    assertSame(small, doubles.values());
    doubles.makeRoom(SIZE);
    double[] large = doubles.values();
    assertTrue(large.length >= SIZE + doubles.renew());
    doubles.makeRoom(100);
    assertSame(large, doubles.values());
  }
}
