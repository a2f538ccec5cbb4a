// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.unspool.model.SplitMix64;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Vectors against plain loops, at sizes that are no multiple of anything and at those that are. */
class DoubleRowsTest {
  private static final int[] SIZES = {1, 3, 4, 7, 8, 9, 16, 33, 64};

  private final SplitMix64 random = new SplitMix64(1);
  private final DoubleRows scalar = DoubleRowsLookup.choose("scalar");
  private final DoubleRows simd = DoubleRowsLookup.choose("");

  private double[][] matrix(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, _ -> random.nextGaussian());
    }
    return values;
  }

  private static double[][] copy(double[][] values) {
    return Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
  }

  private static void close(double[][] expected, double[][] actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i], 1e-11, what + ", row " + i);
    }
  }

  @Test
  void theRightOnesAreLoaded() {
    assertInstanceOf(ScalarDoubleRows.class, scalar);
    assertInstanceOf(SimdDoubleRows.class, simd);
    boolean plain = "scalar".equals(System.getProperty("unspool.kernels"));
    assertEquals((plain ? scalar : simd).getClass(), DoubleRows.open().getClass());
  }

  @Test
  void products() {
    for (int rows : new int[] {1, 4, 6}) {
      for (int steps : SIZES) {
        for (int from : new int[] {0, steps / 2}) {
          double[][] weights = matrix(rows, 5);
          double[][] d = matrix(5, steps);
          double[][] expected = matrix(rows + 2, steps);
          double[][] actual = copy(expected);
          scalar.addProduct(expected, 2, weights, d, from, steps);
          simd.addProduct(actual, 2, weights, d, from, steps);
          close(expected, actual, rows + " rows, steps " + from + " to " + steps);
        }
      }
    }
  }

  /** Of any implementation, against the definition. */
  @Test
  void correlations() {
    for (var kernel : new DoubleRows[] {scalar, simd}) {
      for (int sums : new int[] {1, 3, 5, 9}) {
        for (int columns : new int[] {1, 4, 7, 17}) {
          for (int rows : SIZES) {
            for (int lags : new int[] {1, 5, 16}) {
              correlations(kernel, sums, columns, rows, lags);
            }
          }
        }
      }
    }
  }

  private void correlations(DoubleRows kernel, int sums, int columns, int rows, int lags) {
    double[][][] d = new double[lags][][];
    Arrays.setAll(d, _ -> matrix(sums, rows));
    int times = rows + lags - 1;
    double[][] signals = matrix(columns, times);
    int panel = kernel.panel();
    int panels = (columns + panel - 1) / panel;
    double[] s = new double[panels * times * panel];
    for (int j = 0; j < columns; j++) {
      for (int t = 0; t < times; t++) {
        s[(j / panel * times + t) * panel + j % panel] = signals[j][t];
      }
    }
    int width = panels * panel;
    int height = (sums + kernel.tile() - 1) / kernel.tile() * kernel.tile();
    double[] c = matrix(1, rows * height * width)[0];
    double[] before = c.clone();
    kernel.addCorrelations(c, rows, d, sums, lags, s, panels);
    for (int r = 0; r < rows; r++) {
      for (int g = 0; g < sums; g++) {
        for (int j = 0; j < columns; j++) {
          int at = (r * height + g) * width + j;
          double expected = before[at];
          for (int b = 0; b < lags; b++) {
            expected += d[b][g][r] * signals[j][lags - 1 + r - b];
          }
          assertEquals(
              expected,
              c[at],
              1e-11,
              "%s, %d × %d weights, %d steps, %d lags"
                  .formatted(kernel.getClass().getSimpleName(), sums, columns, rows, lags));
        }
      }
    }
  }
}
