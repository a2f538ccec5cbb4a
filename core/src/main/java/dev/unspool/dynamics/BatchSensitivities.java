// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import java.util.Arrays;

/**
 * Derivatives of one output component of a batch of steps with respect to the inputs of the
 * differentiated steps, and to the state at the point where the graph was cut (or the sequence
 * began). States are those of networks whose longest delay is 1.
 */
public final class BatchSensitivities {
  private final StepMatrix[] inputs;
  private final StepMatrix[] outputs;
  private final StepMatrix[] cells;

  /**
   * Room for batches.
   *
   * @param kernel which adds to it
   * @param steps the most of a batch
   * @param depth number of lags
   */
  BatchSensitivities(SignalGraph graph, DoubleRows kernel, int steps, int depth) {
    var layers = graph.layers();
    inputs = new StepMatrix[depth];
    outputs = new StepMatrix[layers.size()];
    cells = new StepMatrix[layers.size()];
    Arrays.setAll(inputs, _ -> kernel.matrix(graph.inputs(), steps));
    Arrays.setAll(outputs, l -> kernel.matrix(layers.get(l).size(), steps));
    Arrays.setAll(
        cells,
        l -> kernel.matrix(layers.get(l).unit() == Unit.LSTM ? layers.get(l).size() : 0, steps));
  }

  /** Forgets the previous batch. */
  void clear() {
    for (var part : new StepMatrix[][] {inputs, outputs, cells}) {
      for (var matrix : part) {
        matrix.clear();
      }
    }
  }

  /** ∂y_t/∂x_{t−lag} of one component of the inputs, t being the step of that row. */
  public double input(int lag, int component, int row) {
    return inputs[lag].get(component, row);
  }

  /** ∂y_t/∂h of one unit of a layer at the cut. */
  public double output(int layer, int unit, int row) {
    return outputs[layer].get(unit, row);
  }

  /** ∂y_t/∂c of one unit of a layer at the cut. */
  public double cell(int layer, int unit, int row) {
    return cells[layer].get(unit, row);
  }

  /** Where ∂y_t/∂x_{t−lag} is added up. */
  StepMatrix inputs(int lag) {
    return inputs[lag];
  }

  /** A row whose cut is {@code lag} steps ago copies what has arrived there. */
  void states(StepMatrix[][] adjoint, int slot, int lag, long first, int count, int depth) {
    for (int r = 0; r < count; r++) {
      if (lag != Math.min(depth, first + r + 1)) {
        continue;
      }
      for (int l = 0; l < outputs.length; l++) {
        for (int j = 0; j < outputs[l].rows(); j++) {
          outputs[l].set(j, r, adjoint[l][slot].get(j, r));
        }
      }
    }
  }

  void cells(StepMatrix[] of) {
    for (int l = 0; l < cells.length; l++) {
      cells[l].copy(0, of[l], 0, of[l].rows());
    }
  }
}
