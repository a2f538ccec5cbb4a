// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleUnits;
import dev.unspool.kernel.LagBlocks;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ of a batch of consecutive steps t, truncated or not, by going backwards one step of the
 * sequence at a time ({@link FoldedSweep}). For networks that are wide enough to fill vectors; it
 * takes fewer multiplications than {@link LagJacobian} then.
 */
final class FoldedJacobian implements BatchJacobian {
  private final LinearReverse reverse;
  private final FoldedSweep sweep;
  private final int columns;
  private final int depth;

  /** For each output component, what is held. */
  private final LagBlocks[][] components;

  private final @Nullable WeightBlocks[] weights;

  /**
   * Room for batches.
   *
   * @param columns length of θ
   * @param steps the most that a batch has
   * @param depth number of steps differentiated
   */
  FoldedJacobian(
      LinearReverse reverse,
      LinearStep linear,
      FoldedStep step,
      History history,
      DoubleUnits kernel,
      int columns,
      int steps,
      int depth) {
    this.reverse = reverse;
    this.columns = columns;
    this.depth = depth;
    sweep = new FoldedSweep(linear, step, kernel, steps, history);
    components = new LagBlocks[reverse.program.output().width()][linear.held.length];
    weights = new WeightBlocks[linear.held.length];
    for (int h = 0; h < weights.length; h++) {
      var held = reverse.held.get(h);
      int lags = Math.max(0, Math.min(depth - 1, step.reach[linear.held[h]]) + 1);
      for (var component : components) {
        component[h] = new LagBlocks(steps, held.node.width(), lags);
      }
      if (!WeightSignals.none(held)) {
        weights[h] = new WeightBlocks(kernel, held, reverse.program.parameters(), history);
      }
    }
  }

  @Override
  public void parameters(double[] theta) {
    sweep.parameters(reverse.program.parameters(), theta);
    reverse.shared.parameters(theta);
  }

  @Override
  public void begin(Beginning at) {
    // What comes back to the initial state is not wanted.
  }

  @Override
  public void sweep(
      History history, long first, int count, int component, @Nullable BatchSensitivities wanted) {
    sweep.run(history, first, count, depth, component, components[component]);
    for (int h = 0; h < weights.length && component == 0; h++) {
      var sums = weights[h];
      int lags = components[0][h].lags();
      if (sums != null && lags > 0) {
        sums.read(history, first, count, lags);
      }
    }
  }

  @Override
  public void derivatives(History history, long first, int row, int rows, double[][] into) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(into[r], 0);
      for (int o = 0; o < components.length; o++) {
        for (int h = 0; h < weights.length; h++) {
          var sums = weights[h];
          if (sums != null) {
            sums.add(history, first, row + r, components[o][h], into[r], o * columns);
          }
        }
        reverse.shared.apply(into[r], o * columns);
      }
    }
  }
}
