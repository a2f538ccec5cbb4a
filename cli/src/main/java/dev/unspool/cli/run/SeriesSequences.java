// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Range;
import dev.unspool.lm.Sequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as least squares see it, in a network's units and float64.
 *
 * @param data the table
 */
public record SeriesSequences(SeriesData data) {

  /**
   * The training part.
   *
   * @param warmUp steps at the beginning that do not count
   */
  public Sequence training(int warmUp) {
    Range rows = data.split().train();
    return sequence(rows.from(), rows.to(), (row, _) -> row >= rows.from() + warmUp);
  }

  /** Every step up to the end of the validation part, which alone counts; null without one. */
  public @Nullable Sequence validation() {
    Range rows = data.split().valid();
    return rows.isEmpty()
        ? null
        : sequence(
            SeriesJudge.firstStep(data, rows), rows.to(), (_, later) -> later >= rows.from());
  }

  /** Whether a target counts. */
  @FunctionalInterface
  private interface Counting {
    boolean counts(long row, long later);
  }

  /** Steps whose inputs and targets are in some rows. */
  private Sequence sequence(long from, long to, Counting counting) {
    List<Integer> horizons = data.outputs().horizons();
    int steps = Math.toIntExact(Math.max(0, to - from - horizons.getFirst()));
    int inputs = data.seen().count();
    int outputs = data.outputs().values();
    double[] x = new double[Math.multiplyExact(steps, inputs)];
    double[] y = new double[Math.multiplyExact(steps, outputs)];
    double[] weights = new double[steps];
    for (int t = 0; t < steps; t++) {
      long row = from + t;
      data.seen().write(row, x, t * inputs);
      for (int i = 0; i < outputs; i++) {
        int target = i / horizons.size();
        int horizon = i % horizons.size();
        long later = row + horizons.get(horizon);
        double goal = Double.NaN;
        if (later < to && counting.counts(row, later)) {
          goal =
              data.outputs()
                  .targets()
                  .get(target)
                  .encode(horizon, data.truth(later, target), data.newest(row, target));
        }
        y[t * outputs + i] = goal;
        weights[t] = Double.isNaN(goal) ? weights[t] : 1;
      }
    }
    return new Sequence(x, y, weights);
  }
}
