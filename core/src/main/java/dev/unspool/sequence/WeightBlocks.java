// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleUnits;
import dev.unspool.kernel.LagBlocks;
import dev.unspool.model.ParameterLayout;

/** What {@link WeightSums} does, of {@link LagBlocks}: for each step one product of its own. */
final class WeightBlocks {
  /** Lags that are added up at once, so that what a tile reads stays in the first-level cache. */
  private static final int LAGS_AT_ONCE = 64;

  private final DoubleUnits kernel;
  private final WeightSignals signals;
  private int times;

  WeightBlocks(
      DoubleUnits kernel, LinearReverse.Held held, ParameterLayout layout, History history) {
    this.kernel = kernel;
    this.signals = new WeightSignals(kernel.panel(), held, layout, history);
  }

  /**
   * Takes on a batch.
   *
   * @param first step of its first row
   * @param count number of steps
   * @param lags number of lags at which something is held
   */
  void read(History history, long first, int count, int lags) {
    times = count + lags - 1;
    signals.read(history, first - (lags - 1), times);
  }

  /**
   * Adds the derivatives of one step.
   *
   * @param first step of the batch's first row
   * @param row of the batch
   * @param d what is held
   * @param into θ from {@code offset} on
   */
  void add(History history, long first, int row, LagBlocks d, double[] into, int offset) {
    int all = (int) Math.min(d.lags(), first + row + 1);
    for (int end = all; end > 0; end -= LAGS_AT_ONCE) {
      int newest = Math.max(0, end - LAGS_AT_ONCE);
      int time = row + d.lags() - end;
      kernel.addCorrelations(
          d, row, newest, end - newest, signals.values, times, time, signals.places, into, offset);
    }
    for (var table : signals.tables) {
      for (int lag = all - 1; lag >= 0; lag--) {
        int which = (int) table.index()[history.position(first + row - lag)];
        int to = offset + table.offset() + which * signals.units;
        for (int j = 0; j < signals.units; j++) {
          into[to + j] += d.get(row, j, lag);
        }
      }
    }
  }
}
