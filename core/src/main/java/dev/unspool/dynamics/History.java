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

  /** For each layer and slope (see {@link Slopes}), size × positions. */
  final double[][][][] slopes;

  /** For each LSTM, c after the newest step. */
  final double[][] cell;

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
    slopes = new double[count][][][];
    cell = new double[count][];
    int widest = 0;
    for (int l = 0; l < count; l++) {
      var layer = layers.get(l);
      output[l] = new double[layer.size()][positions];
      slopes[l] = new double[Slopes.count(layer.unit())][layer.size()][positions];
      cell[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0];
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
        cell[l][j] = from >= 0 ? weights.theta[from + j] : initial.cells[l][j];
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
      for (double[][] slope : slopes[l]) {
        slide(slope, from, kept);
      }
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
    double[][][] slope = slopes[l];
    for (int j = 0; j < n; j++) {
      switch (layer.unit()) {
        case LINEAR -> out[j][position] = sums[j];
        case TANH -> {
          double h = Math.tanh(sums[j]);
          slope[0][j][position] = 1 - h * h;
          out[j][position] = h;
        }
        case RECTIFIER -> {
          slope[0][j][position] = sums[j] > 0 ? 1 : 0;
          out[j][position] = Math.max(0, sums[j]);
        }
        case GRU -> gru(slope, out[j], n, j, position);
        case LSTM -> lstm(slope, out[j], cell[l], n, j, position);
      }
    }
  }

  private void gru(double[][][] slope, double[] h, int n, int j, int position) {
    double product = recurrentSums[2 * n + j];
    double r = sigmoid(sums[j] + recurrentSums[j]);
    double z = sigmoid(sums[n + j] + recurrentSums[n + j]);
    double candidate = Math.tanh(sums[2 * n + j] + r * product);
    double before = h[position - 1];
    double slopeNew = (1 - z) * (1 - candidate * candidate);
    slope[Slopes.RESET][j][position] = slopeNew * product * r * (1 - r);
    slope[Slopes.UPDATE][j][position] = (before - candidate) * z * (1 - z);
    slope[Slopes.NEW][j][position] = slopeNew;
    slope[Slopes.NEW_RECURRENT][j][position] = slopeNew * r;
    slope[Slopes.KEEP][j][position] = z;
    h[position] = (1 - z) * candidate + z * before;
  }

  private void lstm(double[][][] slope, double[] h, double[] cell, int n, int j, int position) {
    double i = sigmoid(sums[j]);
    double f = sigmoid(sums[n + j]);
    double g = Math.tanh(sums[2 * n + j]);
    double o = sigmoid(sums[3 * n + j]);
    double before = cell[j];
    double c = f * before + i * g;
    double tanh = Math.tanh(c);
    slope[Slopes.INPUT][j][position] = g * i * (1 - i);
    slope[Slopes.FORGET][j][position] = before * f * (1 - f);
    slope[Slopes.CANDIDATE][j][position] = i * (1 - g * g);
    slope[Slopes.OUTPUT][j][position] = tanh * o * (1 - o);
    slope[Slopes.CELL][j][position] = o * (1 - tanh * tanh);
    slope[Slopes.CARRY][j][position] = f;
    cell[j] = c;
    h[position] = o * tanh;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
