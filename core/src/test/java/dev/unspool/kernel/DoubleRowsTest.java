// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.unspool.model.SplitMix64;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every implementation against the definitions, at odd sizes and at those of its tiles. */
class DoubleRowsTest {
  private static final int[] SIZES = {1, 3, 4, 7, 8, 9, 16, 33, 64};
  private static final double TOLERANCE = 1e-11;

  private final SplitMix64 random = new SplitMix64(1);
  private final DoubleRows scalar = DoubleRowsLookup.choose("scalar");
  private final DoubleRows simd = DoubleRowsLookup.choose("");
  private final List<DoubleRows> kernels = List.of(scalar, simd);

  private static String name(DoubleRows kernel) {
    return kernel.getClass().getSimpleName();
  }

  private double[][] values(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, _ -> random.nextGaussian());
    }
    return values;
  }

  private static void fill(StepMatrix matrix, double[][] values) {
    for (int j = 0; j < values.length; j++) {
      for (int r = 0; r < values[j].length; r++) {
        matrix.set(j, r, values[j][r]);
      }
    }
  }

  private static StepMatrix matrix(DoubleRows kernel, double[][] values) {
    var matrix = kernel.matrix(values.length, values[0].length);
    fill(matrix, values);
    return matrix;
  }

  @Test
  void theRightOnesAreLoaded() {
    assertInstanceOf(ScalarDoubleRows.class, scalar);
    assertInstanceOf(SimdDoubleRows.class, simd);
    boolean plain = "scalar".equals(System.getProperty("unspool.kernels"));
    assertEquals((plain ? scalar : simd).getClass(), DoubleRows.open().getClass());
  }

  @Test
  void combinations() {
    for (var kernel : kernels) {
      for (int length : SIZES) {
        for (int count : new int[] {0, 1, 4, 6}) {
          double[][] rows = values(count + 1, length + 2);
          double[] begin = values(1, length + 1)[0];
          double[] factors = values(1, count + 2)[0];
          double[] into = new double[length + 1];
          into[length] = 7;
          kernel.combine(into, begin, length, factors, rows, count);
          for (int p = 0; p < length; p++) {
            double expected = begin[p];
            for (int i = 0; i < count; i++) {
              expected += factors[i] * rows[i][p];
            }
            assertEquals(expected, into[p], TOLERANCE, name(kernel) + ", length " + length);
          }
          assertEquals(7, into[length], name(kernel) + ", behind length " + length);
        }
      }
    }
  }

  @Test
  void multiples() {
    for (var kernel : kernels) {
      for (int rows : new int[] {1, 3, 6}) {
        for (int steps : SIZES) {
          for (int from : new int[] {0, steps / 3, steps / 2, steps}) {
            multiples(kernel, rows, from, steps);
          }
        }
      }
    }
  }

  private void multiples(DoubleRows kernel, int rows, int from, int steps) {
    double[][] d = values(rows + 2, steps);
    double[][] s = values(rows, steps + 2);
    double[][] before = values(rows + 1, steps);
    var product = matrix(kernel, before);
    var sum = matrix(kernel, before);
    kernel.multiply(product, 1, matrix(kernel, d), 2, s, 2, from, steps);
    kernel.addMultiple(sum, 1, matrix(kernel, d), 2, s, 2, from, steps);
    String what = "%s, %s rows, steps %s to %s".formatted(name(kernel), rows, from, steps);
    for (int j = 0; j < rows; j++) {
      for (int r = 0; r < steps; r++) {
        double multiple = r < from ? 0 : d[2 + j][r] * s[j][2 + r];
        double expected = r < from ? before[j + 1][r] : multiple;
        assertEquals(expected, product.get(j + 1, r), TOLERANCE, what);
        assertEquals(before[j + 1][r] + multiple, sum.get(j + 1, r), TOLERANCE, what);
      }
    }
  }

  @Test
  void copiesAndZeros() {
    for (var kernel : kernels) {
      for (int steps : SIZES) {
        double[][] values = values(5, steps);
        double[][] before = values(4, steps);
        var matrix = matrix(kernel, before);
        matrix.copy(1, matrix(kernel, values), 2, 2);
        matrix.clear(0, 1);
        for (int r = 0; r < steps; r++) {
          assertEquals(0, matrix.get(0, r));
          assertEquals(values[2][r], matrix.get(1, r));
          assertEquals(values[3][r], matrix.get(2, r));
          assertEquals(before[3][r], matrix.get(3, r));
        }
      }
    }
  }

  @Test
  void products() {
    for (var kernel : kernels) {
      for (int rows : new int[] {1, 4, 5, 6, 11}) {
        for (int sums : new int[] {1, 5, 12}) {
          for (int steps : SIZES) {
            products(kernel, rows, sums, steps);
          }
        }
      }
    }
  }

  private void products(DoubleRows kernel, int rows, int sums, int steps) {
    double[][] weights = values(rows, sums);
    double[][] d = values(3 + sums, steps);
    double[][] before = values(rows + 2, steps);
    double[] packed = new double[DoubleRows.packed(rows, sums)];
    DoubleRows.pack(weights, packed);
    var c = matrix(kernel, before);
    kernel.addProduct(c, 2, packed, rows, sums, matrix(kernel, d), 3, steps);
    for (int j = 0; j < rows + 2; j++) {
      for (int r = 0; r < steps; r++) {
        double expected = before[j][r];
        for (int g = 0; g < sums && j >= 2; g++) {
          expected += weights[j - 2][g] * d[3 + g][r];
        }
        String what = "%s, %s × %s weights, %s steps".formatted(name(kernel), rows, sums, steps);
        assertEquals(expected, c.get(j, r), TOLERANCE, what);
      }
    }
  }

  @Test
  void correlations() {
    for (var kernel : kernels) {
      for (int sums : new int[] {1, 3, 5, 9, 10}) {
        for (int columns : new int[] {1, 4, 7, 17, 32}) {
          for (int rows : SIZES) {
            for (int lags : new int[] {1, 5, 16}) {
              correlations(kernel, sums, columns, rows, lags);
            }
          }
        }
      }
    }
  }

  /** Columns are neighbours in θ up to one of them, and apart from there on. */
  private void correlations(DoubleRows kernel, int sums, int columns, int rows, int lags) {
    int row = sums % 4;
    int lag = 1;
    var d = kernel.matrices(lag + lags, sums, row + rows);
    double[][][] adjoints = new double[lag + lags][][];
    for (int b = 0; b < adjoints.length; b++) {
      adjoints[b] = values(sums, row + rows);
      fill(d.at(b), adjoints[b]);
    }
    int times = rows + lags - 1;
    double[][] signals = values(columns, times);
    int neighbours = columns * 3 / 4;
    int[] offset = new int[columns];
    int[] stride = new int[columns];
    for (int j = 0; j < columns; j++) {
      offset[j] = j < neighbours ? j : j * sums + 1;
      stride[j] = j < neighbours ? neighbours : 1;
    }
    int[] biases = {columns * sums + 1, (columns + 1) * sums + 1};
    double[][] c = values(rows, 3 + (columns + 2) * sums + 1);
    double[][] expected = new double[rows][];
    Arrays.setAll(expected, r -> c[r].clone());
    for (int r = 0; r < rows; r++) {
      for (int g = 0; g < sums; g++) {
        for (int j = 0; j < columns; j++) {
          for (int b = 0; b < lags; b++) {
            expected[r][3 + offset[j] + g * stride[j]] +=
                adjoints[lag + b][g][row + r] * signals[j][lags - 1 + r - b];
          }
        }
        for (int bias : biases) {
          for (int b = 0; b < lags; b++) {
            expected[r][3 + bias + g] += adjoints[lag + b][g][row + r];
          }
        }
      }
    }
    var places = new WeightColumns(kernel.panel(), offset, stride, biases);
    var s = new AlignedDoubles(places.length(times));
    System.arraycopy(values(1, places.length(times))[0], 0, s.values(), 0, places.length(times));
    for (int j = 0; j < columns; j++) {
      for (int t = 0; t < times; t++) {
        s.values()[places.signal(j, times) + t * places.step(j)] = signals[j][t];
      }
    }
    kernel.addCorrelations(c, 3, row, rows, d, sums, lag, lags, s, places);
    for (int r = 0; r < rows; r++) {
      for (int p = 0; p < c[r].length; p++) {
        assertEquals(
            expected[r][p],
            c[r][p],
            TOLERANCE,
            "%s, %s × %s weights, %s steps, %s lags"
                .formatted(name(kernel), sums, columns, rows, lags));
      }
    }
  }
}
