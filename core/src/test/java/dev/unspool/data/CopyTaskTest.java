// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.BlockSource;
import org.junit.jupiter.api.Test;

final class CopyTaskTest extends BlockSourceContract {
  @Override
  BlockSource open() {
    return new CopyTask(4, 3, 2, 2, 42);
  }

  @Test
  void asksForTheSymbolsInOrder() {
    for (int delay : new int[] {0, 1, 5}) {
      var task = new CopyTask(8, 3, delay, 2, 9);
      int length = task.length();
      assertEquals(6 + delay, length);
      assertEquals(10, task.inputClasses());
      assertEquals(8, task.targetClasses());
      var steps = read(task, 20 * length, 7);
      for (int lane = 0; lane < 2; lane++) {
        for (int t = 0; t < steps.size(); t++) {
          float[] step = steps.get(t);
          int place = t % length;
          float input = step[4 * lane];
          boolean asked = place >= 3 + delay;
          if (place < 3) {
            assertTrue(input >= 0 && input < 8, "symbol " + input);
          } else {
            assertEquals(asked ? 9 : 8, input);
          }
          assertEquals(asked ? steps.get(t - 3 - delay)[4 * lane] : 0, step[4 * lane + 1]);
          assertEquals(asked ? 1 : 0, step[4 * lane + 2]);
          assertEquals(place == 0 ? 1 : 0, step[4 * lane + 3]);
        }
      }
    }
  }

  @Test
  void everySymbolAppears() {
    var task = new CopyTask(5, 1, 0, 1, 1);
    var counts = new int[7];
    for (float[] step : read(task, 1000, 10)) {
      counts[(int) step[0]]++;
    }
    for (int symbol = 0; symbol < 5; symbol++) {
      assertTrue(counts[symbol] > 60 && counts[symbol] < 140, "symbol %s".formatted(symbol));
    }
    assertEquals(500, counts[6]);
  }

  @Test
  void refusesImpossibleSizes() {
    assertThrows(IllegalArgumentException.class, () -> new CopyTask(1, 1, 0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new CopyTask(2, 0, 0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new CopyTask(2, 1, -1, 1, 0));
    var e = assertThrows(IllegalArgumentException.class, () -> new CopyTask(2, 1, 0, 0, 0));
    assertEquals(
        "the copy task needs symbols >= 2, length >= 1, delay >= 0 and lanes >= 1, found 2, 1, 0 and"
            + " 0",
        e.getMessage());
  }
}
