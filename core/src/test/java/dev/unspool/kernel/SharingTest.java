// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SharingTest {
  /** LSTM with as many inputs and outputs as units. */
  private static int threads(int processors, int lanes, int hidden) {
    return Kernels.threads(processors, lanes, 4 * hidden * hidden, 9L * hidden * hidden);
  }

  @Test
  void aSmallStepIsNotShared() {
    assertEquals(1, threads(16, 1, 64));
    assertEquals(1, threads(16, 32, 16));
  }

  @Test
  void aLargeOneIs() {
    assertEquals(2, threads(2, 32, 128));
    assertEquals(16, threads(16, 20, 512));
    assertEquals(16, threads(16, 256, 128));
  }

  @Test
  void thereAreNoMoreThreadsThanProcessorsNorThanWork() {
    for (int processors = 1; processors <= 64; processors++) {
      for (int lanes = 1; lanes <= 64; lanes += 9) {
        for (int hidden : new int[] {1, 30, 128, 700}) {
          int found = threads(processors, lanes, hidden);
          String what = "%s of %s for %s × %s".formatted(found, processors, lanes, hidden);
          assertTrue(found >= 1 && found <= processors, what);
          assertTrue(found == 1 || found * (1L << 18) <= lanes * 9L * hidden * hidden, what);
        }
      }
    }
  }

  @Test
  void threadsHaveRowsOfTheirOwnWhereThereAreEnough() {
    int tile = Sharing.enough(3);
    assertTrue(tile >= 4);
    assertEquals(4, Sharing.ownRows(4 * tile, 4, 1000));
    assertEquals(3, Sharing.ownRows(4 * tile - 1, 4, 1000), "one fewer, with a tile each");
    assertEquals(1, Sharing.ownRows(4 * tile, 4, Caches.SECOND_LEVEL));
    assertEquals(1, Sharing.ownRows(4 * tile, 9, 1000), "half of the threads and more would rest");
    assertEquals(8, threads(10, 8 * tile, 128), "two fewer, that need not wait for each other");
    assertEquals(2, threads(2, 20, 512), "by columns");
    assertEquals(2, threads(2, 1, 512), "by columns");
  }
}
