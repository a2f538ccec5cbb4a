// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.lm.Sequence;
import dev.unspool.model.ParameterLayout;
import dev.unspool.network.Cell;
import java.util.List;

/** A NARX model written out: one number after the other, every signal remembered from the start. */
final class ReferenceNarx {
  private final NarxSpec spec;
  private final ParameterLayout layout;
  private final double[] theta;
  private final Sequence sequence;
  private final int past;
  private final boolean closed;

  /** Layers × steps × units; the last layer is the output, which is measured before the start. */
  private final double[][][] signals;

  private final double[][] cells;
  private final double[] before;

  /**
   * A run.
   *
   * @param past number of steps that are taken as measured
   * @param before outputs before the first step, newest first
   */
  private ReferenceNarx(
      Narx narx, double[] theta, Sequence sequence, int past, boolean closed, double[] before) {
    this.spec = narx.spec();
    this.layout = narx.parameters();
    this.theta = theta;
    this.sequence = sequence;
    this.past = past;
    this.closed = closed;
    this.before = before;
    int layers = spec.core().sizes().size();
    this.signals = new double[layers + 1][sequence.steps()][];
    this.cells = new double[layers][];
    for (int l = 0; l < layers; l++) {
      cells[l] = new double[width(l)];
      for (int t = 0; t < past; t++) {
        signals[l][t] = new double[width(l)];
      }
    }
    for (int t = 0; t < past; t++) {
      signals[layers][t] = measured(t);
    }
  }

  /** Steps × outputs. */
  static double[] run(
      Narx narx, double[] theta, Sequence sequence, InitialOutputs initial, boolean closed) {
    var spec = narx.spec();
    int past = Math.min(spec.longestDelay(), sequence.steps());
    int size = narx.parameters().size();
    double[] before = new double[initial == InitialOutputs.ESTIMATED ? theta.length - size : 0];
    System.arraycopy(theta, theta.length - before.length, before, 0, before.length);
    var run =
        new ReferenceNarx(
            narx, theta, sequence, initial == InitialOutputs.MEASURED ? past : 0, closed, before);
    double[] outputs = new double[sequence.steps() * spec.outputs()];
    for (int t = 0; t < sequence.steps(); t++) {
      double[] y = t < run.past ? run.measured(t) : run.step(t);
      System.arraycopy(y, 0, outputs, t * spec.outputs(), spec.outputs());
    }
    return outputs;
  }

  private int width(int layer) {
    var sizes = spec.core().sizes();
    return layer == sizes.size() ? spec.outputs() : sizes.get(layer);
  }

  private double[] measured(int t) {
    return row(sequence.targets(), t, spec.outputs());
  }

  private static double[] row(double[] values, int t, int width) {
    double[] row = new double[width];
    if (t >= 0) {
      System.arraycopy(values, t * width, row, 0, width);
    }
    return row;
  }

  /** What a layer has yielded at a step; the output also before the first one. */
  private double[] signal(int layer, int t) {
    if (t >= 0) {
      return signals[layer][t];
    }
    double[] initial = new double[width(layer)];
    for (int o = 0; layer == signals.length - 1 && o < initial.length; o++) {
      int at = (-t - 1) * initial.length + o;
      initial[o] = at < before.length ? before[at] : 0;
    }
    return initial;
  }

  private double[] step(int t) {
    int output = signals.length - 1;
    for (int l = 0; l <= output; l++) {
      var weights = new Sums(l, l < output && spec.core() instanceof NarxCore.Recurrent);
      String own = l == output ? "output." : "layer" + l + ".";
      if (l == 0) {
        weights.add(
            own + "input.", spec.seenInputs(), d -> row(sequence.inputs(), t - d, spec.inputs()));
        weights.add(
            own + "output.",
            spec.outputDelays(),
            d -> closed || d > t ? signal(output, t - d) : measured(t - d));
      } else {
        int below = l - 1;
        weights.add(own, List.of(0), _ -> signal(below, t));
      }
      for (int k = l; k <= output; k++) {
        int from = k;
        if (l > 0 || k < output) {
          weights.add(
              own + (k == output ? "output." : "layer" + k + "."),
              spec.internalDelays(),
              d -> signal(from, t - d));
        }
      }
      signals[l][t] = weights.yield(own, t);
    }
    return signals[output][t];
  }

  private interface Tap {
    double[] ago(int delay);
  }

  /** What arrives at a layer. */
  private final class Sums {
    private final int layer;
    private final boolean recurrent;
    private final double[] sums;
    private int column;

    Sums(int layer, boolean recurrent) {
      this.layer = layer;
      this.recurrent = recurrent;
      this.sums =
          new double
              [recurrent ? layout.slice("weight_ih_l" + layer).shape().getFirst() : width(layer)];
    }

    void add(String from, List<Integer> delays, Tap tap) {
      column = recurrent ? column : 0;
      for (int delay : delays) {
        for (double value : tap.ago(delay)) {
          addColumn(sums, recurrent ? "weight_ih_l" + layer : from + "weight", column++, value);
        }
      }
    }

    private void addColumn(double[] into, String name, int column, double value) {
      var slice = layout.slice(name);
      for (int g = 0; g < into.length; g++) {
        into[g] += theta[slice.offset() + g * slice.shape().get(1) + column] * value;
      }
    }

    private void addBias(double[] into, String name) {
      for (int g = 0; g < into.length; g++) {
        into[g] += theta[layout.slice(name).offset() + g];
      }
    }

    double[] yield(String own, int t) {
      int n = width(layer);
      double[] y = new double[n];
      if (!recurrent) {
        addBias(sums, own + "bias");
        for (int j = 0; j < n; j++) {
          y[j] = layer == cells.length ? sums[j] : Math.tanh(sums[j]);
        }
        return y;
      }
      double[] h = signal(layer, t - 1);
      double[] other = new double[sums.length];
      for (int i = 0; i < n; i++) {
        addColumn(other, "weight_hh_l" + layer, i, h[i]);
      }
      addBias(sums, "bias_ih_l" + layer);
      addBias(other, "bias_hh_l" + layer);
      var cell = (Cell) ((NarxCore.Recurrent) spec.core()).cell();
      for (int j = 0; j < n; j++) {
        y[j] =
            switch (cell.label()) {
              case "rnn-tanh" -> Math.tanh(sums[j] + other[j]);
              case "rnn-relu" -> Math.max(0, sums[j] + other[j]);
              case "gru" -> {
                double r = sigmoid(sums[j] + other[j]);
                double z = sigmoid(sums[n + j] + other[n + j]);
                yield (1 - z) * Math.tanh(sums[2 * n + j] + r * other[2 * n + j]) + z * h[j];
              }
              case "lstm" -> {
                double[] a = {
                  sums[j] + other[j],
                  sums[n + j] + other[n + j],
                  sums[2 * n + j] + other[2 * n + j],
                  sums[3 * n + j] + other[3 * n + j]
                };
                cells[layer][j] = sigmoid(a[1]) * cells[layer][j] + sigmoid(a[0]) * Math.tanh(a[2]);
                yield sigmoid(a[3]) * Math.tanh(cells[layer][j]);
              }
              default -> throw new IllegalArgumentException(cell.label());
            };
      }
      return y;
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
