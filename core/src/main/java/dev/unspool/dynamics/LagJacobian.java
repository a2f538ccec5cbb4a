// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** For each layer, the derivatives of the weights that act upon its sums. */
  private final WeightSums[] weights;

  /** The same for the recurrent side of a GRU. */
  private final @Nullable WeightSums[] recurrentWeights;

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
    weights = new WeightSums[layers];
    recurrentWeights = new WeightSums[layers];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      adjoint[l] = new double[delays + 1][layer.size()][rows];
      cell[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0][rows];
      sums[l] = new double[LAGS_AT_ONCE][layer.sums()][rows];
      recurrent[l] =
          layer.unit() == Unit.GRU ? new double[LAGS_AT_ONCE][layer.sums()][rows] : sums[l];
      var connections = layer.connections();
      if (layer.unit() == Unit.GRU) {
        var input = connections.stream().filter(c -> !c.recurrent()).toList();
        weights[l] = weights(layer, input, layer.biases());
        var other = connections.stream().filter(Connection::recurrent).toList();
        recurrentWeights[l] = weights(layer, other, layer.recurrentBiases());
      } else {
        var biases = new ArrayList<>(layer.biases());
        biases.addAll(layer.recurrentBiases());
        weights[l] = weights(layer, connections, biases);
      }
    }
  }

  private WeightSums weights(Layer layer, List<Connection> connections, List<Integer> biases) {
    return new WeightSums(kernel, rows, layer.sums(), connections, biases);
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
   * @param into a row of derivatives for each step, θ from {@code offset} on; overwritten
   * @param wanted derivatives with respect to inputs and states, if anybody asks
   */
  public void differentiate(
      History history,
      long first,
      int count,
      int component,
      int depth,
      double[][] into,
      int offset,
      @Nullable BatchSensitivities wanted) {
    for (int r = 0; r < count; r++) {
      Arrays.fill(into[r], offset, offset + graph.parameters(), 0);
    }
    clear();
    for (int l = 0; l < weights.length; l++) {
      weights[l].clear(count);
      var other = recurrentWeights[l];
      if (other != null) {
        other.clear(count);
      }
    }
    int layers = graph.layers().size();
    Arrays.fill(adjoint[layers - 1][0][component], 0, count, 1);
    int deepest = (int) Math.min(depth, first + count);
    int waiting = 0;
    for (int lag = 0; lag < deepest + delays; lag++) {
      int from = (int) Math.clamp(lag - first, 0, count);
      harvestInitial(lag, first, count, into, offset);
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
        forget(sums[l][waiting], from);
        if (recurrentWeights[l] != null) {
          forget(recurrent[l][waiting], from);
        }
        spread(history, l, lag, waiting, from, count, wanted);
      }
      clear(lag);
      waiting++;
      if (waiting == LAGS_AT_ONCE || lag == deepest - 1) {
        addWeights(history, first, count, lag - waiting + 1, waiting);
        waiting = 0;
      }
    }
    for (int r = 0; r < count; r++) {
      for (int l = 0; l < weights.length; l++) {
        weights[l].addTo(into[r], offset, r);
        var other = recurrentWeights[l];
        if (other != null) {
          other.addTo(into[r], offset, r);
        }
      }
    }
    harvestCells(count, depth, first, into, offset);
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

  /** Steps that do not reach back so far: what stands there is of another batch. */
  private static void forget(double[][] sums, int from) {
    for (int g = 0; g < sums.length && from > 0; g++) {
      Arrays.fill(sums[g], 0, from, 0);
    }
  }

  /** Adds the derivatives with respect to weights and biases of some lags. */
  private void addWeights(History history, long first, int count, int lag, int lags) {
    for (int l = 0; l < weights.length; l++) {
      weights[l].add(history, first, count, lag, lags, sums[l]);
      var other = recurrentWeights[l];
      if (other != null) {
        other.add(history, first, count, lag, lags, recurrent[l]);
      }
    }
  }

  /** What arrives before the first step belongs to the outputs there, where they are parameters. */
  private void harvestInitial(int lag, long first, int count, double[][] into, int offset) {
    for (int d = 1; d <= delays; d++) {
      long row = lag - d - first;
      if (row < 0 || row >= count) {
        continue;
      }
      for (int l = 0; l < adjoint.length; l++) {
        var layer = graph.layers().get(l);
        for (int j = 0; d <= layer.initialDelays() && j < layer.size(); j++) {
          into[(int) row][offset + layer.initialOutput() + (d - 1) * layer.size() + j] +=
              adjoint[l][lag % (delays + 1)][j][(int) row];
        }
      }
    }
  }

  private void harvestCells(int count, int depth, long first, double[][] into, int offset) {
    int whole = (int) Math.clamp(depth - first, 0, count);
    for (int l = 0; l < cell.length; l++) {
      int from = graph.layers().get(l).initialCell();
      for (int j = 0; from >= 0 && j < cell[l].length; j++) {
        for (int r = 0; r < whole; r++) {
          into[r][offset + from + j] += cell[l][j][r];
        }
      }
    }
  }
}
