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

  @Test
  void correlations() {
    for (int sums : new int[] {1, 3, 4, 9}) {
      for (int columns : new int[] {1, 4, 7}) {
        for (int steps : SIZES) {
          for (int lags : new int[] {1, 5, 16}) {
            correlations(sums, columns, steps, lags);
          }
        }
      }
    }
  }

  private void correlations(int sums, int columns, int steps, int lags) {
    double[][][] d = new double[lags][][];
    Arrays.setAll(d, _ -> matrix(sums, steps));
    double[][] s = matrix(columns + 1, steps + lags);
    // Both orders: weights of a sum side by side, and weights of a signal.
    for (int rowStride : new int[] {1, columns + 2}) {
      int columnStride = rowStride == 1 ? sums + 1 : 1;
      int rows = steps + 3;
      double[] expected = matrix(1, (2 + sums * rowStride + columns * columnStride) * rows)[0];
      double[] actual = expected.clone();
      int shift = lags - 1;
      scalar.addCorrelations(
          expected, rows, 1, rowStride, columnStride, sums, columns, d, lags, s, 1, shift, steps);
      simd.addCorrelations(
          actual, rows, 1, rowStride, columnStride, sums, columns, d, lags, s, 1, shift, steps);
      String what = "%d × %d weights, %d steps, %d lags".formatted(sums, columns, steps, lags);
      assertArrayEquals(expected, actual, 1e-11, what);
    }
  }

  @Test
  void correlationsAreSumsOfShiftedProducts() {
    double[] c = {7, 8, 100, 200};
    double[][][] d = {{{1, 2}}, {{3, 4}}};
    double[][] s = {{5, 6, 7}};
    scalar.addCorrelations(c, 2, 1, 1, 1, 1, 1, d, 2, s, 0, 1, 2);
    assertArrayEquals(new double[] {7, 8, 100 + 1 * 6 + 3 * 5, 200 + 2 * 7 + 4 * 6}, c);
  }
}
