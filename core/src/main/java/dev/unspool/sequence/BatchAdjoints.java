// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.LagMatrices;
import dev.unspool.kernel.StepMatrix;

/**
 * What a sweep leaves of one output component, for all steps of a batch: what is held of every lag,
 * and how it depends on the state before the first step of the sequence.
 */
final class BatchAdjoints {
  /** For each of what is held, units × steps at each lag; 0 where a step does not reach back. */
  final LagMatrices[] held;

  /**
   * For each state whose initial adjoint is wanted, width × steps: ∂y/∂(its initial value), 0 where
   * a step does not reach back to it. Null for others.
   */
  final StepMatrix[] initial;

  /**
   * Room for one component.
   *
   * @param lags for each of what is held the most lags
   * @param steps the most of a batch
   */
  BatchAdjoints(LinearReverse reverse, DoubleRows kernel, int steps, int[] lags) {
    held = new LagMatrices[lags.length];
    for (int h = 0; h < held.length; h++) {
      // Room for a product that ends at the last row.
      int rows = reverse.held.get(h).node.width() + DoubleRows.TILE - 1;
      held[h] = kernel.matrices(lags[h], rows, steps);
    }
    initial = new StepMatrix[reverse.program.states().size()];
    for (int s : reverse.initial) {
      initial[s] = kernel.matrix(reverse.program.states().get(s).width(), steps);
    }
  }

  /** Forgets what was before the first step; the rest is overwritten. */
  void clear() {
    for (var matrix : initial) {
      if (matrix != null) {
        matrix.clear();
      }
    }
  }
}
