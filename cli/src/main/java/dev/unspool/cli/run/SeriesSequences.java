// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Range;
import dev.unspool.lm.Sequence;
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
    return sequence(rows.from(), rows.to(), rows.from() + data.config().horizon() + warmUp);
  }

  /** Every step up to the end of the validation part, which alone counts; null without one. */
  public @Nullable Sequence validation() {
    Range rows = data.split().valid();
    return rows.isEmpty()
        ? null
        : sequence(SeriesJudge.firstStep(data, rows), rows.to(), rows.from());
  }

  /**
   * Steps whose inputs and targets are in some rows.
   *
   * @param counting the first row whose target counts
   */
  private Sequence sequence(long from, long to, long counting) {
    CsvConfig config = data.config();
    int steps = Math.toIntExact(Math.max(0, to - from - config.horizon()));
    int inputs = data.seen().count();
    int outputs = data.targets().size();
    double[] x = new double[Math.multiplyExact(steps, inputs)];
    double[] y = new double[Math.multiplyExact(steps, outputs)];
    double[] weights = new double[steps];
    for (int t = 0; t < steps; t++) {
      long row = from + t;
      data.seen().write(row, x, t * inputs);
      for (int i = 0; i < outputs; i++) {
        double later = data.truth(row + config.horizon(), i);
        y[t * outputs + i] = data.targets().get(i).output(later, data.newest(row, i));
      }
      weights[t] = row + config.horizon() >= counting ? 1 : 0;
    }
    return new Sequence(x, y, weights);
  }
}
