// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.List;

/**
 * The newest steps of one sequence: runs a graph forwards and keeps what its derivative needs.
 *
 * <p>Every signal is an array over time, so that what a batch of consecutive steps saw some steps
 * ago is one contiguous piece: the derivatives of all steps advance together at the speed of long
 * vectors, however small the network.
 */
public final class History {
  final SignalGraph graph;
  final Weights weights;
  final int delays;

  /** Inputs × positions. */
  final double[][] input;

  /** For each layer, size × positions. */
  final double[][][] output;

  /** For each layer, sums × positions: the gates after their non-linearity. */
  final double[][][] gates;

  /** For each LSTM, size × positions: c after the step. */
  final double[][][] cell;

  /** Size × positions: tanh(c) of an LSTM, W_hn·h + b_hn of a GRU. */
  final double[][][] memo;

  private final List<Layer> layers;
  private final double[] sums;
  private final double[] recurrentSums;
  private final int capacity;
  private int next;
  private long steps;

  /**
   * Room for a sequence.
   *
   * @param weights θ, shared; may change between sequences
   * @param capacity number of steps that can be looked back upon
   */
  public History(SignalGraph graph, Weights weights, int capacity) {
    this.graph = graph;
    this.weights = weights;
    this.layers = graph.layers();
    this.delays = graph.delays();
    int positions = Math.addExact(capacity, delays);
    this.capacity = positions;
    int count = layers.size();
    input = new double[graph.inputs()][positions];
    output = new double[count][][];
    gates = new double[count][][];
    cell = new double[count][][];
    memo = new double[count][][];
    int widest = 0;
    for (int l = 0; l < count; l++) {
      var layer = layers.get(l);
      boolean gated = layer.unit().gates() > 1;
      output[l] = new double[layer.size()][positions];
      gates[l] = new double[gated ? layer.sums() : 0][positions];
      cell[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0][positions];
      memo[l] = new double[gated ? layer.size() : 0][positions];
      widest = Math.max(widest, layer.sums());
    }
    sums = new double[widest];
    recurrentSums = new double[widest];
  }

  /** Number of steps since the beginning of the sequence. */
  public long steps() {
    return steps;
  }

  /** Where step {@code t} of the sequence stands in the arrays; t = −1 is the newest one before. */
  int position(long t) {
    return (int) (next - (steps - t));
  }

  /** One component of the output of a step that is still held. */
  public double output(long t, int component) {
    return output[output.length - 1][component][position(t)];
  }

  /** Begins a sequence. */
  public void begin(InitialConditions initial) {
    steps = 0;
    next = delays;
    for (int d = 1; d <= delays; d++) {
      int position = delays - d;
      for (int i = 0; i < input.length; i++) {
        input[i][position] = initial.inputs[(d - 1) * input.length + i];
      }
      for (int l = 0; l < output.length; l++) {
        var layer = layers.get(l);
        int size = layer.size();
        for (int j = 0; j < size; j++) {
          int index = (d - 1) * size + j;
          output[l][j][position] =
              d <= layer.initialDelays()
                  ? weights.theta[layer.initialOutput() + index]
                  : initial.outputs[l][index];
        }
      }
    }
    for (int l = 0; l < cell.length; l++) {
      int from = layers.get(l).initialCell();
      for (int j = 0; j < cell[l].length; j++) {
        cell[l][j][delays - 1] = from >= 0 ? weights.theta[from + j] : initial.cells[l][j];
      }
    }
  }

  /**
   * Runs steps. Older ones than the capacity allows fall off.
   *
   * @param values steps × inputs from {@code offset}; not modified, not kept
   * @param keep number of steps, besides these, that must stay
   */
  public void append(double[] values, int offset, int count, int keep) {
    if (next + count > capacity) {
      slide(keep + delays);
    }
    int inputs = input.length;
    for (int t = 0; t < count; t++) {
      for (int i = 0; i < inputs; i++) {
        input[i][next] = values[offset + t * inputs + i];
      }
      for (int l = 0; l < output.length; l++) {
        layer(l, next);
      }
      next++;
      steps++;
    }
  }

  private void slide(int keep) {
    int kept = Math.min(keep, next);
    int from = next - kept;
    slide(input, from, kept);
    for (int l = 0; l < output.length; l++) {
      slide(output[l], from, kept);
      slide(gates[l], from, kept);
      slide(cell[l], from, kept);
      slide(memo[l], from, kept);
    }
    next = kept;
  }

  private static void slide(double[][] rows, int from, int count) {
    for (double[] row : rows) {
      System.arraycopy(row, from, row, 0, count);
    }
  }

  private void layer(int l, int position) {
    var layer = layers.get(l);
    int width = layer.sums();
    System.arraycopy(weights.bias[l], 0, sums, 0, width);
    boolean separate = layer.unit() == Unit.GRU;
    if (separate) {
      System.arraycopy(weights.recurrentBias[l], 0, recurrentSums, 0, width);
    }
    double[][][] matrices = weights.byColumn[l];
    for (int k = 0; k < matrices.length; k++) {
      var connection = layer.connections().get(k);
      double[] target = separate && connection.recurrent() ? recurrentSums : sums;
      double[][] signal =
          connection.source() == Connection.INPUT ? input : output[connection.source()];
      int at = position - connection.delay();
      for (int j = 0; j < connection.columns(); j++) {
        double value = signal[connection.from() + j][at];
        double[] column = matrices[k][j];
        for (int g = 0; g < width; g++) {
          target[g] += value * column[g];
        }
      }
    }
    activate(l, layer, position);
  }

  private void activate(int l, Layer layer, int position) {
    int n = layer.size();
    double[][] out = output[l];
    switch (layer.unit()) {
      case LINEAR -> {
        for (int j = 0; j < n; j++) {
          out[j][position] = sums[j];
        }
      }
      case TANH -> {
        for (int j = 0; j < n; j++) {
          out[j][position] = Math.tanh(sums[j]);
        }
      }
      case RECTIFIER -> {
        for (int j = 0; j < n; j++) {
          out[j][position] = Math.max(0, sums[j]);
        }
      }
      case GRU -> {
        for (int j = 0; j < n; j++) {
          double bn = recurrentSums[2 * n + j];
          double r = sigmoid(sums[j] + recurrentSums[j]);
          double z = sigmoid(sums[n + j] + recurrentSums[n + j]);
          double c = Math.tanh(sums[2 * n + j] + r * bn);
          gates[l][j][position] = r;
          gates[l][n + j][position] = z;
          gates[l][2 * n + j][position] = c;
          memo[l][j][position] = bn;
          out[j][position] = (1 - z) * c + z * out[j][position - 1];
        }
      }
      case LSTM -> {
        for (int j = 0; j < n; j++) {
          double i = sigmoid(sums[j]);
          double f = sigmoid(sums[n + j]);
          double g = Math.tanh(sums[2 * n + j]);
          double o = sigmoid(sums[3 * n + j]);
          double c = f * cell[l][j][position - 1] + i * g;
          double tanh = Math.tanh(c);
          gates[l][j][position] = i;
          gates[l][n + j][position] = f;
          gates[l][2 * n + j][position] = g;
          gates[l][3 * n + j][position] = o;
          cell[l][j][position] = c;
          memo[l][j][position] = tanh;
          out[j][position] = o * tanh;
        }
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
