// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;

/**
 * The derivative of one layer's units at one lag, for a batch of consecutive steps. The slopes at
 * which the units ran are those that {@link Slopes} names; the history has them.
 */
final class UnitDerivative {
  private UnitDerivative() {}

  /**
   * From the adjoints of outputs to those of sums.
   *
   * @param at position in the history that row 0 of the batch looks at
   * @param from first row of the batch
   * @param to row after the last
   * @param output ∂y/∂h, size × rows; not modified
   * @param cell ∂y/∂c, size × rows: in, of the c leaving the step; out, of the one entering it
   * @param entering the adjoint of the h entering the step; a GRU adds to it what does not go
   *     through its weights
   * @param sums overwritten: ∂y/∂sums, sums × rows
   * @param recurrent the same for a GRU's recurrent side
   */
  static void backward(
      DoubleRows kernel,
      History history,
      int l,
      int at,
      int from,
      int to,
      StepMatrix output,
      StepMatrix cell,
      StepMatrix entering,
      StepMatrix sums,
      StepMatrix recurrent) {
    var layer = history.graph.layers().get(l);
    int n = layer.size();
    double[][][] slope = history.slopes[l];
    switch (layer.unit()) {
      case LINEAR -> sums.copy(0, output, 0, n);
      case TANH, RECTIFIER -> kernel.multiply(sums, 0, output, 0, slope[0], at, from, to);
      case GRU -> {
        kernel.multiply(sums, 0, output, 0, slope[Slopes.RESET], at, from, to);
        kernel.multiply(sums, n, output, 0, slope[Slopes.UPDATE], at, from, to);
        kernel.multiply(sums, 2 * n, output, 0, slope[Slopes.NEW], at, from, to);
        recurrent.copy(0, sums, 0, 2 * n);
        kernel.multiply(recurrent, 2 * n, output, 0, slope[Slopes.NEW_RECURRENT], at, from, to);
        kernel.addMultiple(entering, 0, output, 0, slope[Slopes.KEEP], at, from, to);
      }
      case LSTM -> {
        kernel.addMultiple(cell, 0, output, 0, slope[Slopes.CELL], at, from, to);
        kernel.multiply(sums, 0, cell, 0, slope[Slopes.INPUT], at, from, to);
        kernel.multiply(sums, n, cell, 0, slope[Slopes.FORGET], at, from, to);
        kernel.multiply(sums, 2 * n, cell, 0, slope[Slopes.CANDIDATE], at, from, to);
        kernel.multiply(sums, 3 * n, output, 0, slope[Slopes.OUTPUT], at, from, to);
        kernel.multiply(cell, 0, cell, 0, slope[Slopes.CARRY], at, from, to);
      }
    }
  }
}
