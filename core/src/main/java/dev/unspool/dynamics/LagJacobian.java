// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ of a batch of consecutive steps t, truncated or not, by going backwards: all steps of the
 * batch advance together, one lag at a time.
 *
 * <p>At each lag the adjoints of the whole batch are one matrix, the product with the weights is
 * one product, and what step t saw that many steps ago is the same piece of the history for all of
 * them, shifted. The derivatives with respect to the weights wait until some lags are there and are
 * then added up while their sum stays in registers.
 */
public final class LagJacobian {
  private static final int LAGS_AT_ONCE = 50;

  private final DoubleRows kernel = DoubleRows.open();
  private final SignalGraph graph;
  private final int rows;
  private final int delays;

  /** For each layer and lag modulo delays + 1, size × rows: ∂y/∂output. */
  private final double[][][][] adjoint;

  private final double[][][] cell;

  /** For each layer and lag of a block, sums × rows. */
  private final double[][][][] sums;

  private final double[][][][] recurrent;

  /**
   * Room for batches.
   *
   * @param rows the most steps that a batch has
   */
  public LagJacobian(SignalGraph graph, int rows) {
    this.graph = graph;
    this.rows = rows;
    this.delays = graph.delays();
    int layers = graph.layers().size();
    adjoint = new double[layers][][][];
    cell = new double[layers][][];
    sums = new double[layers][][][];
    recurrent = new double[layers][][][];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      adjoint[l] = new double[delays + 1][layer.size()][rows];
      cell[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0][rows];
      sums[l] = new double[LAGS_AT_ONCE][layer.sums()][rows];
      recurrent[l] =
          layer.unit() == Unit.GRU ? new double[LAGS_AT_ONCE][layer.sums()][rows] : sums[l];
    }
  }

  /** The most steps of a batch. */
  public int rows() {
    return rows;
  }

  /**
   * Differentiates one component of the outputs of the steps {@code first} to {@code first + count
   * − 1} of the sequence.
   *
   * @param depth number of steps differentiated: step t depends on its own and the depth − 1 before
   *     it; anything older is a constant. All of them must be held by the history
   * @param into θ × {@link #rows()}; overwritten
   * @param wanted derivatives with respect to inputs and states, if anybody asks
   */
  public void differentiate(
      History history,
      long first,
      int count,
      int component,
      int depth,
      double[] into,
      @Nullable BatchSensitivities wanted) {
    Arrays.fill(into, 0);
    clear();
    int layers = graph.layers().size();
    Arrays.fill(adjoint[layers - 1][0][component], 0, count, 1);
    int deepest = (int) Math.min(depth, first + count);
    int waiting = 0;
    for (int lag = 0; lag < deepest + delays; lag++) {
      int from = (int) Math.clamp(lag - first, 0, count);
      harvestInitial(lag, first, count, into);
      if (wanted != null) {
        wanted.states(adjoint, lag % (delays + 1), lag, first, count, depth);
      }
      if (lag >= deepest) {
        clear(lag);
        continue;
      }
      int at = history.position(first) - lag;
      for (int l = layers - 1; l >= 0; l--) {
        UnitDerivative.backward(
            history,
            l,
            at,
            from,
            count,
            adjoint[l][lag % (delays + 1)],
            cell[l],
            adjoint[l][(lag + 1) % (delays + 1)],
            sums[l][waiting],
            recurrent[l][waiting]);
        spread(history, l, lag, waiting, from, count, wanted);
      }
      clear(lag);
      waiting++;
      if (waiting == LAGS_AT_ONCE || lag == deepest - 1) {
        addWeights(history, first, count, lag - waiting + 1, waiting, into);
        waiting = 0;
      }
    }
    harvestCells(count, depth, first, into);
    if (wanted != null) {
      wanted.cells(cell, count);
    }
  }

  private void clear() {
    for (int lag = 0; lag <= delays; lag++) {
      clear(lag);
    }
    for (double[][] layer : cell) {
      for (double[] row : layer) {
        Arrays.fill(row, 0);
      }
    }
  }

  private void clear(int lag) {
    for (double[][][] layer : adjoint) {
      for (double[] row : layer[lag % (delays + 1)]) {
        Arrays.fill(row, 0);
      }
    }
  }

  /** From the adjoints of sums to those of the signals that they add up. */
  private void spread(
      History history,
      int l,
      int lag,
      int waiting,
      int from,
      int to,
      @Nullable BatchSensitivities wanted) {
    var connections = graph.layers().get(l).connections();
    for (int k = 0; k < connections.size(); k++) {
      var connection = connections.get(k);
      double[][] of = (connection.recurrent() ? recurrent : sums)[l][waiting];
      double[][] matrix = history.weights.byColumn[l][k];
      double @Nullable [][] target = null;
      if (connection.source() != Connection.INPUT) {
        target = adjoint[connection.source()][(lag + connection.delay()) % (delays + 1)];
      } else if (wanted != null && lag + connection.delay() < wanted.depth()) {
        target = wanted.inputs(lag + connection.delay());
      }
      if (target != null) {
        kernel.addProduct(target, connection.from(), matrix, of, from, to);
      }
    }
  }

  /** Adds the derivatives with respect to weights and biases of some lags. */
  private void addWeights(
      History history, long first, int count, int lag, int lags, double[] into) {
    for (int l = 0; l < sums.length; l++) {
      var layer = graph.layers().get(l);
      for (var connection : layer.connections()) {
        double[][] signal =
            connection.source() == Connection.INPUT
                ? history.input
                : history.output[connection.source()];
        double[][][] of = (connection.recurrent() ? recurrent : sums)[l];
        int at = history.position(first) - connection.delay();
        if (lag + lags - 1 <= first) {
          kernel.addCorrelations(
              into,
              rows,
              connection.offset(),
              connection.rowStride(),
              connection.columnStride(),
              layer.sums(),
              connection.columns(),
              of,
              lags,
              signal,
              connection.from(),
              at - lag,
              count);
        } else {
          addEarlyWeights(connection, layer.sums(), of, signal, at, first, count, lag, lags, into);
        }
      }
      for (int g = 0; g < layer.sums(); g++) {
        for (int b = 0; b < lags; b++) {
          int from = (int) Math.clamp(lag + b - first, 0, count);
          for (int offset : layer.biases()) {
            Rows.add(into, (offset + g) * rows, sums[l][b][g], from, count);
          }
          for (int offset : layer.recurrentBiases()) {
            Rows.add(into, (offset + g) * rows, recurrent[l][b][g], from, count);
          }
        }
      }
    }
  }

  /** The same at the beginning of the sequence, where not every row reaches back so far. */
  private void addEarlyWeights(
      Connection connection,
      int sums,
      double[][][] of,
      double[][] signal,
      int at,
      long first,
      int count,
      int lag,
      int lags,
      double[] into) {
    for (int g = 0; g < sums; g++) {
      int offset = connection.offset() + g * connection.rowStride();
      for (int j = 0; j < connection.columns(); j++) {
        for (int b = 0; b < lags; b++) {
          Rows.addProduct(
              into,
              (offset + j * connection.columnStride()) * rows,
              of[b][g],
              signal[connection.from() + j],
              at - lag - b,
              (int) Math.clamp(lag + b - first, 0, count),
              count);
        }
      }
    }
  }

  /** What arrives before the first step belongs to the outputs there, where they are parameters. */
  private void harvestInitial(int lag, long first, int count, double[] into) {
    for (int d = 1; d <= delays; d++) {
      long row = lag - d - first;
      if (row < 0 || row >= count) {
        continue;
      }
      for (int l = 0; l < adjoint.length; l++) {
        var layer = graph.layers().get(l);
        for (int j = 0; d <= layer.initialDelays() && j < layer.size(); j++) {
          into[(layer.initialOutput() + (d - 1) * layer.size() + j) * rows + (int) row] +=
              adjoint[l][lag % (delays + 1)][j][(int) row];
        }
      }
    }
  }

  private void harvestCells(int count, int depth, long first, double[] into) {
    int whole = (int) Math.clamp(depth - first, 0, count);
    for (int l = 0; l < cell.length; l++) {
      int from = graph.layers().get(l).initialCell();
      for (int j = 0; from >= 0 && j < cell[l].length; j++) {
        Rows.add(into, (from + j) * rows, cell[l][j], 0, whole);
      }
    }
  }
}
