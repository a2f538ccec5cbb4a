// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.Arrays;

/**
 * dy_t/dθ, not truncated, by carrying the derivatives of all signals along (real-time recurrent
 * learning, Williams and Zipser 1989). Costs innerWeights · θ multiplications per step, whatever
 * the length of the sequence, and memory for delays + 1 steps.
 */
public final class ForwardAccumulation {
  private final SignalGraph graph;
  private final int delays;

  /** For each layer and step modulo delays + 1, size × θ. */
  private final double[][][][] derivative;

  /** For each LSTM, size × θ. */
  private final double[][][] cell;

  private final double[][] sums;
  private final double[][] recurrent;

  /** Room for one sequence. */
  public ForwardAccumulation(SignalGraph graph) {
    this.graph = graph;
    this.delays = graph.delays();
    int layers = graph.layers().size();
    int parameters = graph.parameters();
    derivative = new double[layers][][][];
    cell = new double[layers][][];
    int widest = 0;
    int widestGru = 0;
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      derivative[l] = new double[delays + 1][layer.size()][parameters];
      cell[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0][parameters];
      widest = Math.max(widest, layer.sums());
      widestGru = Math.max(widestGru, layer.unit() == Unit.GRU ? layer.sums() : 0);
    }
    sums = new double[widest][parameters];
    recurrent = new double[widestGru][parameters];
  }

  /** Begins a sequence. */
  public void begin() {
    for (int l = 0; l < derivative.length; l++) {
      var layer = graph.layers().get(l);
      for (double[][] step : derivative[l]) {
        fill(step, step.length);
      }
      fill(cell[l], cell[l].length);
      for (int j = 0; j < layer.size(); j++) {
        for (int d = 1; d <= layer.initialDelays(); d++) {
          derivative[l][slot(-d)][j][layer.initialOutput() + (d - 1) * layer.size() + j] = 1;
        }
      }
      for (int j = 0; layer.initialCell() >= 0 && j < layer.size(); j++) {
        cell[l][j][layer.initialCell() + j] = 1;
      }
    }
  }

  private int slot(long t) {
    return Math.floorMod(t, delays + 1);
  }

  private static void fill(double[][] rows, int count) {
    for (int i = 0; i < count; i++) {
      Arrays.fill(rows[i], 0);
    }
  }

  /**
   * The next step of the sequence, which the history has run already.
   *
   * @return outputs × θ: dy_t/dθ; valid until the next call
   */
  public double[][] step(History history, long t) {
    for (int l = 0; l < derivative.length; l++) {
      layer(history, l, t);
    }
    return derivative[derivative.length - 1][slot(t)];
  }

  private void layer(History history, int l, long t) {
    var layer = graph.layers().get(l);
    boolean separate = layer.unit() == Unit.GRU;
    int width = layer.sums();
    int position = history.position(t);
    fill(sums, width);
    if (separate) {
      fill(recurrent, width);
    }
    double[][] other = separate ? recurrent : sums;
    for (int g = 0; g < width; g++) {
      for (int offset : layer.biases()) {
        sums[g][offset + g] += 1;
      }
      for (int offset : layer.recurrentBiases()) {
        other[g][offset + g] += 1;
      }
    }
    var connections = layer.connections();
    for (int k = 0; k < connections.size(); k++) {
      var connection = connections.get(k);
      double[][] into = connection.recurrent() ? other : sums;
      boolean external = connection.source() == Connection.INPUT;
      double[][] signal = external ? history.input : history.output[connection.source()];
      double[][] matrix = history.weights.byColumn[l][k];
      for (int j = 0; j < connection.columns(); j++) {
        double value = signal[connection.from() + j][position - connection.delay()];
        int offset = connection.offset() + j * connection.columnStride();
        for (int g = 0; g < width; g++) {
          into[g][offset + g * connection.rowStride()] += value;
        }
        if (!external) {
          double[] of =
              derivative[connection.source()][slot(t - connection.delay())][connection.from() + j];
          for (int g = 0; g < width; g++) {
            add(into[g], matrix[j][g], of);
          }
        }
      }
    }
    activate(history, layer, l, t, position);
  }

  private static void add(double[] into, double weight, double[] of) {
    for (int p = 0; p < into.length; p++) {
      into[p] += weight * of[p];
    }
  }

  private void activate(History history, Layer layer, int l, long t, int at) {
    int n = layer.size();
    double[][] now = derivative[l][slot(t)];
    double[][][] slope = history.slopes[l];
    for (int j = 0; j < n; j++) {
      switch (layer.unit()) {
        case LINEAR -> scale(now[j], sums[j], 1);
        case TANH, RECTIFIER -> scale(now[j], sums[j], slope[0][j][at]);
        case GRU -> {
          double slopeR = slope[Slopes.RESET][j][at];
          double slopeZ = slope[Slopes.UPDATE][j][at];
          double slopeN = slope[Slopes.NEW][j][at];
          double slopeRecurrent = slope[Slopes.NEW_RECURRENT][j][at];
          double keep = slope[Slopes.KEEP][j][at];
          double[] previous = derivative[l][slot(t - 1)][j];
          for (int p = 0; p < previous.length; p++) {
            now[j][p] =
                keep * previous[p]
                    + slopeR * (sums[j][p] + recurrent[j][p])
                    + slopeZ * (sums[n + j][p] + recurrent[n + j][p])
                    + slopeN * sums[2 * n + j][p]
                    + slopeRecurrent * recurrent[2 * n + j][p];
          }
        }
        case LSTM -> {
          double slopeI = slope[Slopes.INPUT][j][at];
          double slopeF = slope[Slopes.FORGET][j][at];
          double slopeG = slope[Slopes.CANDIDATE][j][at];
          double slopeO = slope[Slopes.OUTPUT][j][at];
          double slopeC = slope[Slopes.CELL][j][at];
          double carry = slope[Slopes.CARRY][j][at];
          double[] c = cell[l][j];
          for (int p = 0; p < c.length; p++) {
            c[p] =
                carry * c[p]
                    + slopeI * sums[j][p]
                    + slopeF * sums[n + j][p]
                    + slopeG * sums[2 * n + j][p];
            now[j][p] = slopeC * c[p] + slopeO * sums[3 * n + j][p];
          }
        }
      }
    }
  }

  private static void scale(double[] into, double[] of, double factor) {
    for (int p = 0; p < into.length; p++) {
      into[p] = factor * of[p];
    }
  }
}
