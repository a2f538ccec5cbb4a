// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.SplitMix64;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every implementation against the definitions, at odd sizes and at those of its tiles. */
class DoubleUnitsTest {
  private static final double TOLERANCE = 1e-11;

  private final SplitMix64 random = new SplitMix64(1);
  private final List<DoubleUnits> kernels =
      List.of(DoubleRowsLookup.chooseUnits("scalar"), DoubleRowsLookup.chooseUnits(""));

  private double[] values(int length) {
    double[] values = new double[length];
    Arrays.setAll(values, _ -> random.nextGaussian());
    return values;
  }

  @Test
  void products() {
    for (var kernel : kernels) {
      for (int rows : new int[] {1, 2, 5, 9}) {
        for (int columns : new int[] {1, 8, 20, 40}) {
          for (boolean fresh : new boolean[] {false, true}) {
            product(kernel, rows, columns, 7, fresh);
          }
        }
      }
    }
  }

  private void product(DoubleUnits kernel, int rows, int columns, int depth, boolean fresh) {
    int width = kernel.panel();
    int ldc = kernel.whole(columns) + 1;
    double[] a = values(2 + rows * (depth + 3));
    double[] b = values(kernel.whole(columns) * depth + 3);
    double[] c = values(1 + rows * ldc);
    double[] before = c.clone();
    int panel = depth * width;
    kernel.multiply(fresh, rows, columns, a, 2, depth + 3, b, 3, panel, depth, c, 1, ldc);
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        double sum = fresh ? 0 : before[1 + r * ldc + j];
        for (int k = 0; k < depth; k++) {
          sum += a[2 + r * (depth + 3) + k] * b[3 + j / width * panel + k * width + j % width];
        }
        assertEquals(sum, c[1 + r * ldc + j], TOLERANCE, kernel + ", " + rows + " × " + columns);
      }
    }
  }

  @Test
  void foldedRows() {
    for (var kernel : kernels) {
      int width = kernel.panel();
      double[] w = values(9 * width);
      double[][] by = {values(3), values(3)};
      double[] into = new double[4 * width];
      kernel.fold(3, into, width, w, width, by, new int[] {0, 4});
      for (int k = 0; k < 3; k++) {
        for (int j = 0; j < width; j++) {
          double first = by[0][k] * w[(1 + k) * width + j];
          double second = by[1][k] * w[(5 + k) * width + j];
          assertEquals(first + second, into[(1 + k) * width + j], TOLERANCE);
        }
      }
    }
  }

  @Test
  void correlations() {
    for (var kernel : kernels) {
      for (int units : new int[] {1, 5, 32, 45}) {
        for (int columns : new int[] {1, 17, 40}) {
          correlations(kernel, units, columns);
        }
      }
    }
  }

  /** Of three steps the second, at lags 1 to 4 of six. */
  private void correlations(DoubleUnits kernel, int units, int columns) {
    int lags = 6;
    int times = 3 + lags - 1;
    double[] ones = new double[units];
    Arrays.fill(ones, 1);
    var d = new LagBlocks(3, units, lags);
    for (int lag = 0; lag < lags; lag++) {
      for (int r = 0; r < 3; r++) {
        kernel.scale(false, 1, units, d, r, 0, lag, values(units), 0, units, ones);
      }
    }
    int[] offset = new int[columns];
    int[] stride = new int[columns];
    Arrays.setAll(offset, j -> j);
    Arrays.fill(stride, columns);
    int[] biases = {columns * units, columns * units + units};
    var places = new WeightColumns(kernel.panel(), offset, stride, biases);
    var s = new AlignedDoubles(places.length(times));
    double[] all = s.values();
    double[][] signals = new double[columns][];
    Arrays.setAll(signals, _ -> values(times));
    for (int j = 0; j < columns; j++) {
      for (int t = 0; t < times; t++) {
        all[places.signal(j, times) + t * places.step(j)] = signals[j][t];
      }
    }
    Arrays.fill(all, places.ones(times), places.ones(times) + times, 1);
    double[] c = values(2 + columns * units + 2 * units);
    double[] expected = c.clone();
    for (int u = 0; u < units; u++) {
      for (int lag = 1; lag <= 4; lag++) {
        double each = d.get(1, u, lag);
        for (int j = 0; j < columns; j++) {
          expected[2 + j + u * columns] += each * signals[j][1 + lags - 1 - lag];
        }
        expected[2 + biases[0] + u] += each;
        expected[2 + biases[1] + u] += each;
      }
    }
    kernel.addCorrelations(d, 1, 1, 4, s, times, 1 + lags - 1 - 4, places, c, 2);
    for (int p = 0; p < c.length; p++) {
      assertEquals(
          expected[p], c[p], TOLERANCE, "%s, %s × %s weights".formatted(kernel, units, columns));
    }
  }
}
