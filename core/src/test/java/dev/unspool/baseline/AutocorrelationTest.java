// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AutocorrelationTest {
  @ParameterizedTest
  @CsvSource({"3, 0, 0", "64, 0, 0", "65, 0.3, 0", "200, 0.2, 1e8", "50, 0.9, -3"})
  void itIsTheMeanProductOfWhatIsThere(int n, double missing, double offset) {
    var random = new Random(n);
    double[] x = new double[n];
    for (int t = 0; t < n; t++) {
      x[t] = offset + (t > 0 && !Double.isNaN(x[t - 1]) ? 0.5 * (x[t - 1] - offset) : 0);
      x[t] = random.nextDouble() < missing ? Double.NaN : x[t] + random.nextGaussian();
    }
    int lags = n - 1;
    assertArrayEquals(slowly(x, lags), Autocorrelation.of(x, lags), offset == 0 ? 1e-12 : 1e-6);
  }

  private static double[] slowly(double[] x, int lags) {
    double mean = 0;
    int there = 0;
    for (double value : x) {
      mean += Double.isNaN(value) ? 0 : value;
      there += Double.isNaN(value) ? 0 : 1;
    }
    mean /= there;
    double[] correlations = new double[lags + 1];
    double square = 0;
    for (int lag = 0; lag <= lags; lag++) {
      double sum = 0;
      int pairs = 0;
      for (int t = lag; t < x.length; t++) {
        double product = (x[t] - mean) * (x[t - lag] - mean);
        sum += Double.isNaN(product) ? 0 : product;
        pairs += Double.isNaN(product) ? 0 : 1;
      }
      square = lag == 0 ? sum / pairs : square;
      correlations[lag] = pairs == 0 ? 0 : sum / pairs / square;
    }
    return correlations;
  }

  @Test
  void aConstantHasNone() {
    assertArrayEquals(
        new double[] {1, 0, 0}, Autocorrelation.of(new double[] {0.1, 0.1, 0.1, 0.1}, 2));
    assertArrayEquals(
        new double[] {1, 0}, Autocorrelation.of(new double[] {Double.NaN, Double.NaN}, 1));
  }

  @Test
  void thereAreFewerLagsThanValues() {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Autocorrelation.of(new double[] {1, 2}, 2));
    assertEquals("2 lags need more than as many values, found 2", refused.getMessage());
  }
}
