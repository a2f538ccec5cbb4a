// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.LagMatrices;
import dev.unspool.kernel.StepMatrix;

/**
 * What a sweep leaves of one output component, for all steps of a batch: how it depends on the sums
 * of every layer at every lag, and on what was before the first step of the sequence.
 */
final class BatchAdjoints {
  /** For each layer, sums × steps at each lag: ∂y/∂sums, 0 where a step does not reach back. */
  final LagMatrices[] sums;

  /** The same on the recurrent side of a GRU; the same for others. */
  final LagMatrices[] recurrent;

  /** For each layer, initial outputs that are parameters × steps. */
  final StepMatrix[] initial;

  /** For each LSTM, size × steps: ∂y/∂c where the graph was cut. */
  final StepMatrix[] cell;

  /**
   * Room for one component.
   *
   * @param reach of each layer; see {@link SignalGraph#reach}
   * @param steps the most of a batch
   * @param depth the most lags that are held
   */
  BatchAdjoints(SignalGraph graph, long[] reach, DoubleRows kernel, int steps, int depth) {
    int layers = graph.layers().size();
    sums = new LagMatrices[layers];
    recurrent = new LagMatrices[layers];
    initial = new StepMatrix[layers];
    cell = new StepMatrix[layers];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      int lags = (int) Math.min(depth, reach[l] + 1);
      boolean lstm = layer.unit() == Unit.LSTM;
      sums[l] = kernel.matrices(lags, layer.sums(), steps);
      recurrent[l] =
          layer.unit() == Unit.GRU ? kernel.matrices(lags, layer.sums(), steps) : sums[l];
      initial[l] = kernel.matrix(layer.initialDelays() * layer.size(), steps);
      cell[l] = kernel.matrix(lstm ? layer.size() : 0, steps);
    }
  }

  /** Forgets what was before the first step; the rest is overwritten. */
  void clear() {
    for (var layer : initial) {
      layer.clear();
    }
    for (var layer : cell) {
      layer.clear();
    }
  }
}
