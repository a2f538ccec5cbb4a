// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExtremesTest {
  private static Extremes of(double... values) {
    return Extremes.of(values.length, i -> values[(int) i]);
  }

  private static double[] normal(int count) {
    var random = new Random(5);
    var values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = 20 + 5 * random.nextGaussian();
    }
    return values;
  }

  @Test
  void twoWildValuesDominate() {
    double[] values = normal(1000);
    assertFalse(of(values).dominate());
    values[200] = 999.9;
    values[700] = 999.8;
    Extremes found = of(values);
    assertTrue(found.dominate());
    assertEquals(2, found.count());
    assertEquals(200, found.farthest());
    assertEquals(1000, found.of());
    assertEquals(1, found.share(), 0.02);
  }

  @Test
  void oneCellOfAConstantColumnDominates() {
    var values = new double[100];
    values[3] = 1e20;
    assertTrue(of(values).dominate());
  }

  @Test
  void whatIsUsualDoesNot() {
    assertFalse(of(1, 1, 1, 1).dominate(), "a constant");
    assertFalse(of(0, 0, 0, 5).dominate(), "too few to say");
    var pulses = new double[1000];
    var growth = new double[1000];
    for (int i = 0; i < 1000; i++) {
      pulses[i] = i % 50 == 0 ? 1 : 0;
      growth[i] = Math.exp(0.01 * i);
    }
    assertFalse(of(pulses).dominate(), "a valve that opens now and then");
    assertFalse(of(growth).dominate(), "growth");
    assertFalse(of(1e200, 1, 2).dominate(), "squares that overflow");
  }
}
