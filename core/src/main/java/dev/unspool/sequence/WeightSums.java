// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.LagMatrices;
import dev.unspool.kernel.StepMatrix;
import dev.unspool.kernel.WeightColumns;
import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ for all parameters whose derivatives are made of one held value, summed up over the lags
 * for all steps of a batch: for each step one product of what is held, units × lags, with signals,
 * lags × columns; and rows of tables.
 */
final class WeightSums {
  /**
   * A signal that weights act upon.
   *
   * @param signal over time
   * @param offset in θ of the weight of the first unit
   * @param stride distance in θ between the weights of neighbouring units
   */
  private record Column(double[] signal, int offset, int stride) {}

  /** A table, of which a step has seen one row. */
  private record Table(double[] index, int offset) {}

  private final DoubleRows kernel;
  private final int units;
  private final List<Table> tables = new ArrayList<>();
  private final WeightColumns places;
  private final double[][] signal;
  private final int[] offset;
  private final int[] stride;
  private final int[] biases;

  /** As {@link WeightColumns} lays them out. */
  private double[] signals = {};

  /** Null if no parameter's derivative is made of it. */
  static @Nullable WeightSums of(
      DoubleRows kernel, LinearReverse.Held held, ParameterLayout layout, History history) {
    boolean none = held.weights.isEmpty() && held.rows.isEmpty() && held.sums.isEmpty();
    return none ? null : new WeightSums(kernel, held, layout, history);
  }

  private WeightSums(
      DoubleRows kernel, LinearReverse.Held held, ParameterLayout layout, History history) {
    this.kernel = kernel;
    this.units = held.node.width();
    var columns = new ArrayList<Column>();
    // Whole panels first: their derivatives go straight to where they stand side by side.
    for (var weights : held.weights) {
      add(columns, weights, layout, history, 0, whole(weights));
    }
    for (var weights : held.weights) {
      add(columns, weights, layout, history, whole(weights), weights.signal().width());
    }
    for (var rows : held.rows) {
      tables.add(
          new Table(history.row(rows.index(), 0), layout.slice(rows.table().name()).offset()));
    }
    signal = columns.stream().map(Column::signal).toArray(double[][]::new);
    offset = columns.stream().mapToInt(Column::offset).toArray();
    stride = columns.stream().mapToInt(Column::stride).toArray();
    biases = held.sums.stream().mapToInt(Integer::intValue).toArray();
    places = new WeightColumns(kernel.panel(), offset, stride, biases);
  }

  private int whole(LinearReverse.Weights weights) {
    int panel = kernel.panel();
    return weights.transposed() ? 0 : weights.signal().width() / panel * panel;
  }

  private static void add(
      List<Column> columns,
      LinearReverse.Weights weights,
      ParameterLayout layout,
      History history,
      int from,
      int to) {
    int offset = layout.slice(weights.matrix().name()).offset();
    int width = weights.matrix().columns();
    for (int j = from; j < to; j++) {
      boolean transposed = weights.transposed();
      columns.add(
          new Column(
              history.row(weights.signal(), j),
              offset + j * (transposed ? width : 1),
              transposed ? 1 : width));
    }
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
    if (signals.length < places.length(times)) {
      signals = new double[places.length(times)];
    }
    long oldest = first + row - lag - (lags - 1);
    int missing = Math.clamp(-oldest, 0, times);
    int position = history.position(oldest);
    for (int j = 0; j < signal.length; j++) {
      int to = places.signal(j, times);
      int step = places.step(j);
      // Before the first step of a sequence there is nothing that weights act upon.
      for (int time = 0; time < missing; time++) {
        signals[to + time * step] = 0;
      }
      for (int time = missing; time < times; time++) {
        signals[to + time * step] = signal[j][position + time];
      }
    }
    kernel.addCorrelations(into, offset, row, rows, d, units, at, lags, signals, places);
    for (Table table : tables) {
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
    for (int g = 0; g < units; g++) {
      for (int r = 0; r < rows; r++) {
        double value = d.get(g, r);
        if (value == 0) {
          continue;
        }
        double[] row = into[r];
        for (int bias : biases) {
          row[bias + g] += value;
        }
        for (int j = 0; j < signal.length; j++) {
          row[offset[j] + g * stride[j]] += value * signal[j][position + r];
        }
        for (Table table : tables) {
          row[table.offset() + (int) table.index()[position + r] * units + g] += value;
        }
      }
    }
  }
}
