// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SharingTest {
  /** LSTM with as many inputs and outputs as units. */
  private static int threads(int processors, int lanes, int hidden) {
    return Kernels.threads(processors, lanes, 9L * hidden * hidden);
  }

  @Test
  void aSmallStepIsNotShared() {
    assertEquals(1, threads(16, 1, 64));
    assertEquals(1, threads(16, 32, 16));
  }

  @Test
  void aLargeOneIs() {
    assertEquals(2, threads(2, 32, 128));
    assertEquals(2, threads(2, 20, 512));
    assertEquals(2, threads(2, 1, 512));
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
    assertTrue(Sharing.haveOwnRows(4 * tile, 4, 1000));
    assertTrue(Sharing.haveOwnRows(4 * tile, 8, 1000), "half a tile each");
    assertFalse(Sharing.haveOwnRows(4 * tile, 9, 1000), "less");
    assertTrue(Sharing.haveOwnRows(2 * tile, 2, 1000));
    assertFalse(Sharing.haveOwnRows(2 * tile - 1, 2, 1000), "two threads seldom wait");
    assertFalse(Sharing.haveOwnRows(4 * tile, 4, Caches.SECOND_LEVEL), "weights from far away");
    assertFalse(Sharing.haveOwnRows(4 * tile, 1, 1000), "nobody to share with");
  }
}
