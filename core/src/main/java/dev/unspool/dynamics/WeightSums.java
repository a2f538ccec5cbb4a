// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import java.util.Arrays;
import java.util.List;

/**
 * dy_t/dθ for the weights and biases of one side of a layer, summed up over the lags for all steps
 * of a batch: for each step one product of the adjoints, sums × lags, with the signals, lags ×
 * columns, of which the last is the 1 of the biases.
 */
final class WeightSums {
  private final DoubleRows kernel;
  private final int sums;
  private final List<Connection> connections;
  private final int[] biases;
  private final int columns;
  private final int panels;

  /** Rows of a step in {@code total}: sums rounded up to tiles. */
  private final int height;

  /** Rows × height × width. */
  private final double[] total;

  private double[] signals = {};

  /**
   * Room for batches.
   *
   * @param rows the most steps of a batch
   * @param biases offsets in θ of the biases, which all have the same derivatives
   */
  WeightSums(
      DoubleRows kernel, int rows, int sums, List<Connection> connections, List<Integer> biases) {
    this.kernel = kernel;
    this.sums = sums;
    this.connections = connections;
    this.biases = biases.stream().mapToInt(Integer::intValue).toArray();
    int weights = connections.stream().mapToInt(Connection::columns).sum();
    this.columns = weights + (this.biases.length > 0 ? 1 : 0);
    this.panels = (columns + kernel.panel() - 1) / kernel.panel();
    this.height = (sums + kernel.tile() - 1) / kernel.tile() * kernel.tile();
    this.total = new double[Math.multiplyExact(rows, height * panels * kernel.panel())];
  }

  void clear(int rows) {
    Arrays.fill(total, 0, rows * height * panels * kernel.panel(), 0);
  }

  /**
   * Adds some lags.
   *
   * @param lag the first of them
   * @param d lags × sums × rows: adjoints, 0 where a step does not reach back so far
   */
  void add(History history, long first, int rows, int lag, int lags, double[][][] d) {
    int times = rows + lags - 1;
    int size = panels * times * kernel.panel();
    if (signals.length < size) {
      signals = new double[size];
    }
    long oldest = first - lag - (lags - 1);
    int missing = (int) Math.clamp(-oldest, 0, times);
    int column = 0;
    for (var connection : connections) {
      double[][] source =
          connection.source() == Connection.INPUT
              ? history.input
              : history.output[connection.source()];
      int at = history.position(oldest) - connection.delay();
      for (int j = 0; j < connection.columns(); j++) {
        load(source[connection.from() + j], at, missing, times, column);
        column++;
      }
    }
    if (biases.length > 0) {
      for (int time = 0; time < times; time++) {
        signals[index(column, times) + time * kernel.panel()] = time < missing ? 0 : 1;
      }
    }
    for (int rest = columns; rest < panels * kernel.panel(); rest++) {
      for (int time = 0; time < times; time++) {
        signals[index(rest, times) + time * kernel.panel()] = 0;
      }
    }
    kernel.addCorrelations(total, rows, d, sums, lags, signals, panels);
  }

  /** One signal; before the first step of a sequence there is nothing that weights act upon. */
  private void load(double[] signal, int at, int missing, int times, int column) {
    int panel = kernel.panel();
    int to = index(column, times);
    for (int time = 0; time < missing; time++) {
      signals[to + time * panel] = 0;
    }
    for (int time = missing; time < times; time++) {
      signals[to + time * panel] = signal[at + time];
    }
  }

  private int index(int column, int times) {
    int panel = kernel.panel();
    return column / panel * times * panel + column % panel;
  }

  /** Adds the derivatives of one step to where they stand in θ. */
  void addTo(double[] jacobian, int offset, int row) {
    int width = panels * kernel.panel();
    for (int g = 0; g < sums; g++) {
      int from = (row * height + g) * width;
      for (var connection : connections) {
        int to = offset + connection.offset() + g * connection.rowStride();
        int stride = connection.columnStride();
        for (int j = 0; j < connection.columns(); j++) {
          jacobian[to + j * stride] += total[from + j];
        }
        from += connection.columns();
      }
      for (int bias : biases) {
        jacobian[offset + bias + g] += total[from];
      }
    }
  }
}
