// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.Arrays;

/**
 * Derivatives of one output component of a batch of steps with respect to the inputs of the
 * differentiated steps, and to the state at the point where the graph was cut (or the sequence
 * began). States are those of networks whose longest delay is 1.
 */
public final class BatchSensitivities {
  private final double[][][] inputs;
  private final double[][][] outputs;
  private final double[][][] cells;

  /** Room for batches of {@code rows} steps, {@code depth} deep. */
  public BatchSensitivities(SignalGraph graph, int rows, int depth) {
    int layers = graph.layers().size();
    inputs = new double[depth][graph.inputs()][rows];
    outputs = new double[layers][][];
    cells = new double[layers][][];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      outputs[l] = new double[layer.size()][rows];
      cells[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0][rows];
    }
  }

  /** Forgets the previous batch. */
  public void clear() {
    for (double[][][] part : new double[][][][] {inputs, outputs, cells}) {
      for (double[][] rows : part) {
        for (double[] row : rows) {
          Arrays.fill(row, 0);
        }
      }
    }
  }

  /** Number of lags. */
  public int depth() {
    return inputs.length;
  }

  /** ∂y_t/∂x_{t−lag}, inputs × rows. */
  public double[][] inputs(int lag) {
    return inputs[lag];
  }

  /** ∂y_t/∂h of one layer at the cut, size × rows. */
  public double[][] outputs(int layer) {
    return outputs[layer];
  }

  /** ∂y_t/∂c of one layer at the cut, size × rows. */
  public double[][] cells(int layer) {
    return cells[layer];
  }

  /** A row whose cut is {@code lag} steps ago copies what has arrived there. */
  void states(double[][][][] adjoint, int slot, int lag, long first, int count, int depth) {
    for (int r = 0; r < count; r++) {
      if (lag != Math.min(depth, first + r + 1)) {
        continue;
      }
      for (int l = 0; l < outputs.length; l++) {
        for (int j = 0; j < outputs[l].length; j++) {
          outputs[l][j][r] = adjoint[l][slot][j][r];
        }
      }
    }
  }

  void cells(double[][][] of, int count) {
    for (int l = 0; l < cells.length; l++) {
      for (int j = 0; j < cells[l].length; j++) {
        System.arraycopy(of[l][j], 0, cells[l][j], 0, count);
      }
    }
  }
}
