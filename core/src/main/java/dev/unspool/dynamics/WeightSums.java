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

  /** Panels × steps × columns of a panel. */
  private double[] signals = {};

  /**
   * The weights of some connections.
   *
   * @param biases offsets in θ of the biases, which all have the same derivatives
   */
  WeightSums(DoubleRows kernel, int sums, List<Connection> connections, List<Integer> biases) {
    this.kernel = kernel;
    this.sums = sums;
    // Whole panels first: their derivatives go straight to where neighbours stand side by side.
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
    return connection.columns() / kernel.panel() * kernel.panel();
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
      double[][] into,
      int offset) {
    int panel = kernel.panel();
    int panels = (columns.size() + panel - 1) / panel;
    int times = rows + lags - 1;
    if (signals.length < panels * times * panel) {
      signals = new double[panels * times * panel];
    }
    long oldest = first + row - lag - (lags - 1);
    int missing = (int) Math.clamp(-oldest, 0, times);
    int position = history.position(oldest);
    for (int j = 0; j < panels * panel; j++) {
      int to = j / panel * times * panel + j % panel;
      boolean padding = j >= columns.size();
      // Before the first step of a sequence there is nothing that weights act upon.
      for (int time = 0; time < (padding ? times : missing); time++) {
        signals[to + time * panel] = 0;
      }
      if (!padding) {
        load(history, columns.get(j), position, to, missing, times);
      }
    }
    kernel.addCorrelations(into, offset, row, rows, d, sums, lag, lags, signals, places);
  }

  private void load(History history, Column column, int position, int to, int from, int end) {
    int panel = kernel.panel();
    double[][] source =
        column.source() == Connection.INPUT ? history.input : history.output[column.source()];
    double[] signal = source[column.component()];
    int at = position - column.delay();
    for (int time = from; time < end; time++) {
      signals[to + time * panel] = signal[at + time];
    }
  }
}
