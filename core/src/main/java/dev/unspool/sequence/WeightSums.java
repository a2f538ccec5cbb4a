// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.LagMatrices;
import dev.unspool.kernel.StepMatrix;
import dev.unspool.model.ParameterLayout;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ for all parameters whose derivatives are made of one held value, summed up over the lags
 * for all steps of a batch: for each step one product of what is held, units × lags, with signals,
 * lags × columns; and rows of tables.
 */
final class WeightSums {
  private final DoubleRows kernel;
  private final WeightSignals signals;

  /** Null if no parameter's derivative is made of it. */
  static @Nullable WeightSums of(
      DoubleRows kernel, LinearReverse.Held held, ParameterLayout layout, History history) {
    return WeightSignals.none(held)
        ? null
        : new WeightSums(kernel, new WeightSignals(kernel.panel(), held, layout, history));
  }

  private WeightSums(DoubleRows kernel, WeightSignals signals) {
    this.kernel = kernel;
    this.signals = signals;
  }

  /**
   * Adds some lags.
   *
   * @param first step of the batch's first row
   * @param row first row that is wanted
   * @param rows number of them
   * @param lag the first lag
   * @param d what is held, 0 where a step does not reach back so far
   * @param at where the first lag stands in {@code d}
   * @param into for each wanted row, θ from {@code offset} on
   */
  void add(
      History history,
      long first,
      int row,
      int rows,
      int lag,
      int lags,
      LagMatrices d,
      int at,
      double[][] into,
      int offset) {
    int times = rows + lags - 1;
    signals.read(history, first + row - lag - (lags - 1), times);
    int units = signals.units;
    kernel.addCorrelations(
        into, offset, row, rows, d, units, at, lags, signals.values, signals.places);
    for (var table : signals.tables) {
      for (int r = 0; r < rows; r++) {
        for (int b = 0; b < lags && first + row + r - lag - b >= 0; b++) {
          int which = (int) table.index()[history.position(first + row + r - lag - b)];
          int to = offset + table.offset() + which * units;
          for (int j = 0; j < units; j++) {
            into[r][to + j] += d.at(at + b).get(j, row + r);
          }
        }
      }
    }
  }

  /**
   * Adds lag 0 alone, of which most is 0 where steps are seen from a single unit of their state.
   *
   * @param first step of the batch's first row
   * @param rows all of the batch
   * @param d what is held
   * @param into for each row, θ
   */
  void addDirect(History history, long first, int rows, StepMatrix d, double[][] into) {
    int position = history.position(first);
    int units = signals.units;
    for (int g = 0; g < units; g++) {
      for (int r = 0; r < rows; r++) {
        double value = d.get(g, r);
        if (value == 0) {
          continue;
        }
        double[] row = into[r];
        for (int bias : signals.biases) {
          row[bias + g] += value;
        }
        for (var column : signals.columns) {
          row[column.offset() + g * column.stride()] += value * column.signal()[position + r];
        }
        for (var table : signals.tables) {
          row[table.offset() + (int) table.index()[position + r] * units + g] += value;
        }
      }
    }
  }
}
