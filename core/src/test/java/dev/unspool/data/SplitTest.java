// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SplitTest {
  @Test
  void partsFollowEachOther() {
    var split = Split.byFraction(3177, 0.1, 0.2);
    assertEquals(new Range(0, 2224), split.train());
    assertEquals(new Range(2224, 2542), split.valid());
    assertEquals(new Range(2542, 3177), split.test());
    assertEquals(635, split.test().length());
  }

  @Test
  void partsMayBeEmpty() {
    var split = Split.byFraction(3, 0, 0.1);
    assertEquals(new Range(0, 3), split.train());
    assertTrue(split.valid().isEmpty());
    assertTrue(split.test().isEmpty());
    assertFalse(split.train().isEmpty());
  }

  @Test
  void everyRowIsInOnePart() {
    for (long rows = 1; rows < 200; rows++) {
      for (double valid : new double[] {0, 0.05, 0.1, 0.3}) {
        var split = Split.byFraction(rows, valid, 0.2);
        assertEquals(0, split.train().from());
        assertEquals(rows, split.test().to());
        assertTrue(split.train().length() >= 1);
      }
    }
  }

  @Test
  void refusesPartsThatDoNotFit() {
    refused("none are left to train on", 1, 0, 0.9);
    refused("of 0 rows", 0, 0, 0);
    refused("found 0.5 and 0.5", 100, 0.5, 0.5);
    refused("found -0.1 and 0.0", 100, -0.1, 0);
    refused("found NaN and 0.0", 100, Double.NaN, 0);
    Refusal.containing(IllegalArgumentException.class, "found 3 to 2", () -> new Range(3, 2));
    Refusal.containing(IllegalArgumentException.class, "found -1 to 2", () -> new Range(-1, 2));
    Refusal.containing(
        IllegalArgumentException.class,
        "train 0 to 2, valid 3 to 4, test 4 to 5",
        () -> new Split(new Range(0, 2), new Range(3, 4), new Range(4, 5)));
  }

  private static void refused(String part, long rows, double valid, double test) {
    Refusal.containing(
        IllegalArgumentException.class, part, () -> Split.byFraction(rows, valid, test));
  }
}
