// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ of a batch of consecutive steps t, truncated or not, by going backwards: all steps of the
 * batch advance together, one lag at a time.
 *
 * <p>At each lag the adjoints of the whole batch are one matrix, the product with the weights is
 * one product, and what step t saw that many steps ago is the same piece of the history for all of
 * them, shifted. The derivatives of the weights come after the sweep, some steps at a time, so that
 * a cache holds them until somebody has read them.
 */
public final class LagJacobian {
  /** Lags that are added up while their sum stays in registers. */
  private static final int LAGS_AT_ONCE = 50;

  private final DoubleRows kernel = DoubleRows.open();
  private final SignalGraph graph;
  private final int steps;
  private final int depth;
  private final int delays;

  /** Number of lags whose adjoints are held at once. */
  private final int held;

  /** For each layer, the most lags at which the output still depends on it. */
  private final long[] reach;

  /** For each layer and lag modulo delays + 1, size × rows: ∂y/∂output. */
  private final StepMatrix[][] adjoint;

  /** For each output component; a single one for all of them where not all lags are held. */
  private final BatchAdjoints[] components;

  /** For each layer, the derivatives of the weights that act upon its sums. */
  private final WeightSums[] weights;

  /** The same for the recurrent side of a GRU. */
  private final @Nullable WeightSums[] recurrentWeights;

  /**
   * Room for batches.
   *
   * @param steps the most that a batch has
   * @param depth number of steps differentiated: step t depends on its own and the depth − 1 before
   *     it; anything older is a constant
   */
  public LagJacobian(SignalGraph graph, int steps, int depth) {
    this(graph, steps, depth, depth);
  }

  private LagJacobian(SignalGraph graph, int steps, int depth, int held) {
    this.graph = graph;
    this.steps = steps;
    this.depth = depth;
    this.held = held;
    this.delays = graph.delays();
    this.reach = graph.reach();
    int layers = graph.layers().size();
    adjoint = new StepMatrix[layers][delays + 1];
    components = new BatchAdjoints[held < depth ? 1 : graph.outputs()];
    Arrays.setAll(components, _ -> new BatchAdjoints(graph, reach, kernel, steps, held));
    weights = new WeightSums[layers];
    recurrentWeights = new WeightSums[layers];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      Arrays.setAll(adjoint[l], _ -> kernel.matrix(layer.size(), steps));
      var connections = layer.connections();
      if (layer.unit() == Unit.GRU) {
        var input = connections.stream().filter(c -> !c.recurrent()).toList();
        weights[l] = new WeightSums(kernel, layer.sums(), input, layer.biases());
        var other = connections.stream().filter(Connection::recurrent).toList();
        recurrentWeights[l] = new WeightSums(kernel, layer.sums(), other, layer.recurrentBiases());
      } else {
        var biases = new ArrayList<>(layer.biases());
        biases.addAll(layer.recurrentBiases());
        weights[l] = new WeightSums(kernel, layer.sums(), connections, biases);
      }
    }
  }

  /**
   * Room for batches of which {@link #differentiate} sees some lags at a time, so that memory for
   * adjoints does not grow with the depth; {@link #sweep} and {@link #derivatives} are not to be
   * used then.
   */
  static LagJacobian inPieces(SignalGraph graph, int steps, int depth) {
    return new LagJacobian(graph, steps, depth, Math.min(depth, LAGS_AT_ONCE));
  }

  /** Doubles that {@link BatchAdjoints} of a batch take, per step. */
  static long memory(SignalGraph graph, int depth) {
    return (long) graph.outputs() * depth * graph.sums();
  }

  /** Room for the sensitivities of a batch. */
  BatchSensitivities sensitivities() {
    return new BatchSensitivities(graph, kernel, steps, depth);
  }

  /**
   * Goes back from one component of the outputs of the steps {@code first} to {@code first + count
   * − 1} of the sequence.
   *
   * @param history must hold these steps and the depth − 1 before them
   * @param wanted derivatives with respect to inputs and states, if anybody asks
   */
  public void sweep(
      History history, long first, int count, int component, @Nullable BatchSensitivities wanted) {
    sweep(history, first, count, component, wanted, components[component], null);
  }

  /**
   * The derivatives of one component, for all steps of a batch: {@link #sweep} and {@link
   * #derivatives} in one.
   *
   * @param into for each step, outputs × θ: those of the component are added
   */
  void differentiate(
      History history,
      long first,
      int count,
      int component,
      @Nullable BatchSensitivities wanted,
      double[][] into) {
    var adjoints = components[component % components.length];
    sweep(history, first, count, component, wanted, adjoints, into);
    int offset = component * graph.parameters();
    for (int l = 0; l < weights.length; l++) {
      initial(l, adjoints, first, 0, count, into, offset);
    }
  }

  private void sweep(
      History history,
      long first,
      int count,
      int component,
      @Nullable BatchSensitivities wanted,
      BatchAdjoints adjoints,
      double @Nullable [][] into) {
    adjoints.clear();
    for (int lag = 0; lag <= delays; lag++) {
      clear(lag);
    }
    int layers = graph.layers().size();
    for (int r = 0; r < count; r++) {
      adjoint[layers - 1][0].set(component, r, 1);
    }
    int deepest = (int) Math.min(depth, first + count);
    for (int lag = 0; lag < deepest + delays; lag++) {
      harvestInitial(lag, first, count, adjoints);
      if (wanted != null) {
        wanted.states(adjoint, lag % (delays + 1), lag, first, count, depth);
      }
      for (int l = layers - 1; l >= 0 && lag < deepest; l--) {
        if (lag <= reach[l]) {
          layer(history, l, lag, first, count, adjoints, wanted);
        }
      }
      clear(lag);
      boolean last = lag == deepest - 1 || (lag < deepest && lag % held == held - 1);
      if (into != null && last) {
        int from = lag / held * held;
        int offset = component * graph.parameters();
        for (int l = 0; l < layers; l++) {
          addWeights(history, l, adjoints, first, 0, count, from, lag + 1, into, offset);
        }
      }
    }
    if (wanted != null) {
      wanted.cells(adjoints.cell);
    }
  }

  private void clear(int lag) {
    for (var layer : adjoint) {
      layer[lag % (delays + 1)].clear();
    }
  }

  private void layer(
      History history,
      int l,
      int lag,
      long first,
      int count,
      BatchAdjoints into,
      @Nullable BatchSensitivities wanted) {
    int from = Math.clamp(lag - first, 0, count);
    var sums = into.sums[l].at(lag % held);
    var recurrent = into.recurrent[l].at(lag % held);
    UnitDerivative.backward(
        kernel,
        history,
        l,
        history.position(first) - lag,
        from,
        count,
        adjoint[l][lag % (delays + 1)],
        into.cell[l],
        adjoint[l][(lag + 1) % (delays + 1)],
        sums,
        recurrent);
    // Steps that do not reach back so far: what stands there is of another batch.
    sums.clearBefore(from);
    if (recurrent != sums) {
      recurrent.clearBefore(from);
    }
    var connections = graph.layers().get(l).connections();
    for (int k = 0; k < connections.size(); k++) {
      var connection = connections.get(k);
      var target = target(connection, lag, wanted);
      if (target != null) {
        kernel.addProduct(
            target,
            connection.from(),
            history.weights.packed[l][k],
            connection.columns(),
            graph.layers().get(l).sums(),
            connection.recurrent() ? recurrent : sums,
            0,
            count);
      }
    }
  }

  /** Where the adjoint of the signal that a connection reads is added up, if it is wanted. */
  private @Nullable StepMatrix target(
      Connection connection, int lag, @Nullable BatchSensitivities wanted) {
    int then = lag + connection.delay();
    if (connection.source() != Connection.INPUT) {
      return adjoint[connection.source()][then % (delays + 1)];
    }
    return wanted != null && then < depth ? wanted.inputs(then) : null;
  }

  /** What arrives before the first step belongs to the outputs there, where they are parameters. */
  private void harvestInitial(int lag, long first, int count, BatchAdjoints into) {
    for (int d = 1; d <= delays; d++) {
      long row = lag - d - first;
      if (row < 0 || row >= count) {
        continue;
      }
      for (int l = 0; l < adjoint.length; l++) {
        var layer = graph.layers().get(l);
        for (int j = 0; d <= layer.initialDelays() && j < layer.size(); j++) {
          double value = adjoint[l][lag % (delays + 1)].get(j, (int) row);
          into.initial[l].set((d - 1) * layer.size() + j, (int) row, value);
        }
      }
    }
  }

  /**
   * The derivatives of some steps of the batch, after {@link #sweep} of every component.
   *
   * @param first step of the batch's first row
   * @param row the first that is wanted
   * @param rows number of steps
   * @param into overwritten: for each of them, outputs × θ
   */
  public void derivatives(History history, long first, int row, int rows, double[][] into) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(into[r], 0);
    }
    int deepest = (int) Math.min(depth, first + row + rows);
    for (int o = 0; o < components.length; o++) {
      int offset = o * graph.parameters();
      for (int l = 0; l < weights.length; l++) {
        addWeights(history, l, components[o], first, row, rows, 0, deepest, into, offset);
        initial(l, components[o], first, row, rows, into, offset);
      }
    }
  }

  /** Adds up some lags of what one layer's weights have in one component. */
  private void addWeights(
      History history,
      int l,
      BatchAdjoints of,
      long first,
      int row,
      int rows,
      int from,
      int to,
      double[][] into,
      int offset) {
    int end = (int) Math.min(to, reach[l] + 1);
    for (int lag = from; lag < end; lag += LAGS_AT_ONCE) {
      int some = Math.min(LAGS_AT_ONCE, end - lag);
      int at = lag % held;
      weights[l].add(history, first, row, rows, lag, some, of.sums[l], at, into, offset);
      var other = recurrentWeights[l];
      if (other != null) {
        other.add(history, first, row, rows, lag, some, of.recurrent[l], at, into, offset);
      }
    }
  }

  private void initial(
      int l, BatchAdjoints of, long first, int row, int rows, double[][] into, int offset) {
    var layer = graph.layers().get(l);
    for (int i = 0; i < layer.initialDelays() * layer.size(); i++) {
      for (int r = 0; r < rows; r++) {
        into[r][offset + layer.initialOutput() + i] += of.initial[l].get(i, row + r);
      }
    }
    // Steps that were not cut reach the first one.
    int whole = Math.clamp(depth - first - row, 0, rows);
    for (int j = 0; layer.initialCell() >= 0 && j < layer.size(); j++) {
      for (int r = 0; r < whole; r++) {
        into[r][offset + layer.initialCell() + j] += of.cell[l].get(j, row + r);
      }
    }
  }
}
