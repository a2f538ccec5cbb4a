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
    assertEquals((plain ? scalar : simd).getClass(), DoubleRows.get().getClass());
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
    for (int columns : new int[] {1, 4, 7}) {
      for (int steps : SIZES) {
        for (int lags : new int[] {1, 5, 16}) {
          double[][][] d = new double[lags][][];
          Arrays.setAll(d, _ -> matrix(3, steps));
          double[][] s = matrix(columns + 1, steps + lags);
          double[][] expected = matrix(1 + 2 * columns, steps);
          double[][] actual = copy(expected);
          int shift = lags - 1;
          scalar.addCorrelations(expected, 1, 2, columns, d, 2, lags, s, 1, shift, steps);
          simd.addCorrelations(actual, 1, 2, columns, d, 2, lags, s, 1, shift, steps);
          close(expected, actual, columns + " columns, " + steps + " steps, " + lags + " lags");
        }
      }
    }
  }
}
