// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CorrelationTest {

  private static double[] noise(int count, long seed) {
    var random = new SplitMix64(seed);
    double[] values = new double[count];
    Arrays.setAll(values, _ -> random.nextDouble(-1, 1));
    return values;
  }

  @Test
  void anAlternatingSignalByHand() {
    double[] signal = {3, 1, 3, 1};
    assertArrayEquals(new double[] {1, -0.75, 0.5}, Correlation.auto(signal, 2), 1e-12);
    assertArrayEquals(new double[3], Correlation.auto(new double[] {2, 2, 2, 2}, 2), 0);
  }

  @Test
  void aConstantIsOneWhateverRoundingMakesOfItsMean() {
    double[] input = noise(1000, 3);
    for (double value : new double[] {0.1, 20.1, -1e9 / 3, 1e-200 / 3}) {
      for (int count : new int[] {10, 1000, 100_000}) {
        double[] constant = new double[count];
        Arrays.fill(constant, value);
        String what = count + " times " + value;
        assertArrayEquals(new double[5], Correlation.auto(constant, 4), 0, what);
        if (count == input.length) {
          assertArrayEquals(new double[9], Correlation.cross(input, constant, 4), 0, what);
          assertEquals(
              Correlation.autoDeviation(count),
              Correlation.crossDeviation(input, constant, 4),
              1e-15,
              what);
        }
      }
    }
    double[] nearly = {1e6, 1e6 + 1e-3, 1e6, 1e6 + 1e-3};
    assertArrayEquals(new double[] {1, -0.75, 0.5}, Correlation.auto(nearly, 2), 1e-6);
  }

  @Test
  void aDelayShowsAtItsLag() {
    double[] input = noise(2000, 1);
    double[] later = new double[input.length];
    System.arraycopy(input, 0, later, 4, input.length - 4);
    double[] cross = Correlation.cross(later, input, 10);
    assertEquals(21, cross.length);
    assertEquals(1, cross[10 + 4], 0.01);
    double bound = Correlation.DEVIATIONS_99 * Correlation.crossDeviation(later, input, 10);
    assertTrue(Math.abs(cross[10 - 4]) < bound);
  }

  @Test
  void theBoundsHoldForIndependentSignalsOfAnyColour() {
    int outside = 0;
    for (int seed = 0; seed < 40; seed++) {
      double[] e = smooth(noise(1000, 2L * seed));
      double[] u = smooth(noise(1000, 2L * seed + 1));
      double bound = Correlation.DEVIATIONS_95 * Correlation.crossDeviation(e, u, 50);
      for (double value : Correlation.cross(e, u, 10)) {
        outside += Math.abs(value) > bound ? 1 : 0;
      }
      assertTrue(bound > 1.5 * Correlation.DEVIATIONS_95 * Correlation.autoDeviation(1000));
    }
    assertEquals(0.05, outside / (40 * 21.0), 0.04, "fraction outside of 95 % bounds");
  }

  private static double[] smooth(double[] values) {
    for (int t = 1; t < values.length; t++) {
      values[t] += 0.8 * values[t - 1];
    }
    return values;
  }

  @Test
  void refusesLagsThatAreTooLong() {
    assertThrows(IllegalArgumentException.class, () -> Correlation.auto(new double[3], 3));
    assertThrows(
        IllegalArgumentException.class, () -> Correlation.cross(new double[3], new double[4], 1));
  }

  @Test
  void agreementByHand() {
    double[] measured = {0, 9, 1, 9, 3, 9};
    double[] simulated = {7, 0, 1, 0, 2, 0};
    var agreement = Agreement.of(measured, simulated, 2, 0, 1);
    assertEquals(2, agreement.count());
    assertEquals(Math.sqrt(0.5), agreement.rmse(), 1e-12);
    assertEquals(100 * (1 - 1 / Math.sqrt(2)), agreement.fitPercent(), 1e-12);
    assertFalse(Double.isFinite(Agreement.of(measured, simulated, 2, 1, 0).fitPercent()));
    double[] constant = {0.1, 0.1, 0.1};
    var none = Agreement.of(constant, new double[] {1, 2, 3}, 1, 0, 0);
    assertFalse(Double.isFinite(none.fitPercent()), "whatever rounding makes of its mean");
    assertThrows(
        IllegalArgumentException.class, () -> Agreement.of(measured, new double[2], 2, 0, 0));
  }
}
