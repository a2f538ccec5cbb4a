// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.BlockSource;
import org.junit.jupiter.api.Test;

final class AddingTaskTest extends BlockSourceContract {
  @Override
  BlockSource open() {
    return new AddingTask(5, 3, 2, 42);
  }

  @Test
  void asksForTheSumOfTwoMarkedNumbers() {
    for (int delay : new int[] {0, 1, 6}) {
      var task = new AddingTask(4, delay, 3, 7);
      int length = task.length();
      assertEquals(4 + delay, length);
      var steps = read(task, 50 * length, 9);
      for (int lane = 0; lane < 3; lane++) {
        for (int first = 0; first < steps.size(); first += length) {
          float sum = 0;
          int marked = 0;
          for (int t = 0; t < length; t++) {
            float[] step = steps.get(first + t);
            float number = step[5 * lane];
            assertTrue(number >= 0 && number < 1, "number " + number);
            if (step[5 * lane + 1] == 1) {
              assertTrue(t < 4, "a marker at step " + t);
              sum += number;
              marked++;
            }
            boolean last = t == length - 1;
            assertEquals(last ? sum : 0, step[5 * lane + 2], 1e-6f);
            assertEquals(last ? 1 : 0, step[5 * lane + 3]);
            assertEquals(t == 0 ? 1 : 0, step[5 * lane + 4]);
          }
          assertEquals(2, marked);
        }
      }
    }
  }

  @Test
  void markersStandEverywhereAndSumsVary() {
    var task = new AddingTask(6, 0, 1, 3);
    var steps = read(task, 600, 6);
    var places = new int[6];
    double squares = 0;
    for (int t = 0; t < 600; t++) {
      places[t % 6] += (int) steps.get(t)[1];
      if (t % 6 == 5) {
        squares += Math.pow(steps.get(t)[2] - 1, 2);
      }
    }
    for (int place : places) {
      assertTrue(place > 10 && place < 60, "markers at one place: " + place);
    }
    assertEquals(1.0 / 6, squares / 100, 0.05);
  }

  @Test
  void seedsDiffer() {
    assertFalse(
        read(new AddingTask(5, 0, 1, 1), 1, 1).getFirst()[0]
            == read(new AddingTask(5, 0, 1, 2), 1, 1).getFirst()[0]);
  }

  @Test
  void refusesImpossibleSizes() {
    assertThrows(IllegalArgumentException.class, () -> new AddingTask(1, 0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new AddingTask(2, -1, 1, 0));
    var e = assertThrows(IllegalArgumentException.class, () -> new AddingTask(2, 0, 0, 0));
    assertEquals(
        "the adding task needs values >= 2, delay >= 0 and lanes >= 1, found 2, 0 and 0",
        e.getMessage());
  }
}
