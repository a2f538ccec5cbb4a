// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.data.Quantiles;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings columns into the units of a model: (value − offset) / factor.
 *
 * @param offsets one per column
 * @param factors one per column, above 0
 */
public record Scale(List<Double> offsets, List<Double> factors) {

  /** Checks that there are as many of both. */
  public Scale {
    offsets = List.copyOf(offsets);
    factors = List.copyOf(factors);
    if (offsets.size() != factors.size() || factors.stream().anyMatch(f -> !(f > 0))) {
      throw new IllegalArgumentException(
          "a scale needs as many factors above 0 as offsets, found %s and %s"
              .formatted(factors, offsets));
    }
  }

  /**
   * That of measured columns. Where a robust one finds half of the values equal, it is standard.
   *
   * @param values rows × width
   * @param rows how many of the first rows are looked at
   */
  static Scale of(double[] values, int width, int rows, Normalising normalising) {
    var offsets = new ArrayList<Double>();
    var factors = new ArrayList<Double>();
    for (int i = 0; i < width; i++) {
      int column = i;
      var quantiles = new Quantiles(rows, row -> values[(int) row * width + column]);
      if (normalising == Normalising.ROBUST && quantiles.deviation() > 0) {
        offsets.add(quantiles.at(0.5));
        factors.add(quantiles.deviation());
        continue;
      }
      boolean centred = normalising == Normalising.STANDARD || normalising == Normalising.ROBUST;
      double mean = 0;
      for (int row = 0; centred && row < rows; row++) {
        mean += values[row * width + i] / rows;
      }
      double squares = 0;
      for (int row = 0; normalising != Normalising.NONE && row < rows; row++) {
        double value = values[row * width + i] - mean;
        squares += value * value / rows;
      }
      offsets.add(mean);
      // A constant column differs from its mean by rounding only.
      factors.add(squares > 1e-24 * mean * mean && squares > 0 ? Math.sqrt(squares) : 1.0);
    }
    return new Scale(offsets, factors);
  }

  /** Number of columns. */
  int width() {
    return factors.size();
  }

  /** Rows from {@code from} to before {@code to} in the model's units. */
  double[] apply(double[] values, int from, int to) {
    int width = width();
    double[] scaled = new double[(to - from) * width];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (values[from * width + i] - offsets.get(i % width)) / factors.get(i % width);
    }
    return scaled;
  }

  /** Back into the columns' own units. */
  double[] invert(double[] scaled) {
    int width = width();
    double[] values = new double[scaled.length];
    for (int i = 0; i < scaled.length; i++) {
      values[i] = scaled[i] * factors.get(i % width) + offsets.get(i % width);
    }
    return values;
  }
}
