// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.LagMatrices;
import dev.unspool.kernel.WeightColumns;
import java.util.ArrayList;
import java.util.List;

/**
 * dy_t/dθ for the weights and biases of one side of a layer, summed up over the lags for all steps
 * of a batch: for each step one product of the adjoints, sums × lags, with the signals, lags ×
 * columns.
 */
final class WeightSums {
  /**
   * A signal that weights act upon.
   *
   * @param source as in {@link Connection}
   * @param offset in θ of the weight of the first sum
   * @param stride distance in θ between the weights of neighbouring sums
   */
  private record Column(int source, int component, int delay, int offset, int stride) {}

  private final DoubleRows kernel;
  private final int sums;
  private final List<Column> columns = new ArrayList<>();
  private final WeightColumns places;

  /** As {@link WeightColumns} lays them out. */
  private double[] signals = {};

  /**
   * The weights of some connections.
   *
   * @param biases offsets in θ of the biases, which all have the same derivatives
   */
  WeightSums(DoubleRows kernel, int sums, List<Connection> connections, List<Integer> biases) {
    this.kernel = kernel;
    this.sums = sums;
    // Whole panels first: their derivatives go straight to where they stand side by side.
    for (var connection : connections) {
      add(connection, 0, whole(connection));
    }
    for (var connection : connections) {
      add(connection, whole(connection), connection.columns());
    }
    places =
        new WeightColumns(
            kernel.panel(),
            columns.stream().mapToInt(Column::offset).toArray(),
            columns.stream().mapToInt(Column::stride).toArray(),
            biases.stream().mapToInt(Integer::intValue).toArray());
  }

  private int whole(Connection connection) {
    boolean neighbours = connection.columnStride() == 1;
    return neighbours ? connection.columns() / kernel.panel() * kernel.panel() : 0;
  }

  private void add(Connection connection, int from, int to) {
    for (int j = from; j < to; j++) {
      columns.add(
          new Column(
              connection.source(),
              connection.from() + j,
              connection.delay(),
              connection.offset() + j * connection.columnStride(),
              connection.rowStride()));
    }
  }

  /**
   * Adds some lags.
   *
   * @param first step of the batch's first row
   * @param row first row that is wanted
   * @param rows number of them
   * @param lag the first lag
   * @param d adjoints of the sums, 0 where a step does not reach back so far
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
    for (int j = 0; j < columns.size(); j++) {
      int to = places.signal(j, times);
      int step = places.step(j);
      // Before the first step of a sequence there is nothing that weights act upon.
      for (int time = 0; time < missing; time++) {
        signals[to + time * step] = 0;
      }
      double[] signal = signal(history, columns.get(j));
      int from = position - columns.get(j).delay();
      for (int time = missing; time < times; time++) {
        signals[to + time * step] = signal[from + time];
      }
    }
    kernel.addCorrelations(into, offset, row, rows, d, sums, at, lags, signals, places);
  }

  private static double[] signal(History history, Column column) {
    boolean input = column.source() == Connection.INPUT;
    return (input ? history.input : history.output[column.source()])[column.component()];
  }
}
