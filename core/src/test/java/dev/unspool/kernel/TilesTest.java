// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TilesTest {
  /** As few tiles as can be, one height or two that differ by one row; of six rows, three. */
  @Test
  void rowsAreCutIntoEvenTiles() {
    for (int most = 1; most <= Tiles.HIGHEST; most++) {
      for (int rows = 1; rows <= 100; rows++) {
        var heights = heights(rows, most);
        String context = rows + " rows, " + most + " at most: " + heights;
        assertEquals(rows, heights.stream().mapToInt(h -> h).sum(), context);
        assertEquals((rows + most - 1) / most, heights.size(), context);
        int lowest = heights.getLast();
        assertEquals(heights.stream().sorted((a, b) -> b - a).toList(), heights, context);
        assertTrue(heights.getFirst() <= most, context);
        if (most == 6) {
          assertTrue(lowest >= Math.min(rows, 3), context);
        } else {
          assertTrue(heights.getFirst() - lowest <= 1, context);
        }
      }
    }
  }

  @Test
  void fewTilesHaveFiveRowsWhereSixAreAllowed() {
    assertEquals(List.of(6, 6, 6, 6, 4, 4), heights(32, 6));
    assertEquals(List.of(6, 6, 4, 4), heights(20, 6));
    assertEquals(List.of(6, 4, 3), heights(13, 6));
    assertEquals(List.of(6, 5), heights(11, 6));
    assertEquals(List.of(5), heights(5, 6));
    assertEquals(List.of(3, 3, 3), heights(9, 4));
  }

  private static List<Integer> heights(int rows, int most) {
    var heights = new ArrayList<Integer>();
    while (rows > 0) {
      int height = Tiles.height(rows, most);
      int tiles = Tiles.tiles(rows, height, most);
      assertTrue(tiles > 0);
      for (int i = 0; i < tiles; i++) {
        heights.add(height);
      }
      rows -= tiles * height;
    }
    return heights;
  }
}
