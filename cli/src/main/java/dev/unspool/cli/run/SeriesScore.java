// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Block;
import dev.unspool.data.Table;
import dev.unspool.inference.Evaluation;
import dev.unspool.model.Steps;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares predictions with the truth, in the targets' own units, and with persistence: repeating
 * the newest value known when the prediction is made (the row before, where the horizon is 0).
 */
final class SeriesScore implements Evaluation.OutputConsumer {
  private final Table table;
  private final List<TargetScale> targets;
  private final int horizon;
  private final Stop stop;
  private final Listener listener;
  private final double[] squares;
  private final double[] persistenceSquares;
  private long row;
  private long rows;
  private long persistenceRows;

  /** Told of each prediction. */
  @FunctionalInterface
  interface Listener {
    void predicted(long row, int target, double prediction);
  }

  /**
   * A score of nothing yet.
   *
   * @param row that the first step reads
   */
  SeriesScore(
      Table table, List<TargetScale> targets, int horizon, long row, Stop stop, Listener listener) {
    this.table = table;
    this.targets = targets;
    this.horizon = horizon;
    this.row = row;
    this.stop = stop;
    this.listener = listener;
    this.squares = new double[targets.size()];
    this.persistenceSquares = new double[targets.size()];
  }

  @Override
  public void accept(Block block, Steps outputs) {
    stop.check();
    for (int step = 0; step < block.steps(); step++) {
      if (block.mask().get(step, 0, 0) > 0) {
        compare(outputs, step);
      }
      row++;
    }
  }

  private void compare(Steps outputs, int step) {
    long predicted = row + horizon;
    long newest = predicted - Math.max(1, horizon);
    for (int i = 0; i < targets.size(); i++) {
      TargetScale target = targets.get(i);
      double truth = table.get(predicted, target.column());
      double prediction = target.level(outputs.get(step, 0, i), table.get(row, target.column()));
      squares[i] += square(prediction - truth);
      if (newest >= 0) {
        persistenceSquares[i] += square(table.get(newest, target.column()) - truth);
      }
      listener.predicted(predicted, i, prediction);
    }
    rows++;
    persistenceRows += newest >= 0 ? 1 : 0;
  }

  private static double square(double value) {
    return value * value;
  }

  Figures.Series figures() {
    var each = new LinkedHashMap<String, Figures.Target>();
    double sum = 0;
    double persistenceSum = 0;
    for (int i = 0; i < targets.size(); i++) {
      each.put(
          targets.get(i).name(),
          new Figures.Target(rmse(squares[i], rows), rmse(persistenceSquares[i], persistenceRows)));
      sum += squares[i];
      persistenceSum += persistenceSquares[i];
    }
    int n = targets.size();
    return new Figures.Series(
        rmse(sum / n, rows), rmse(persistenceSum / n, persistenceRows), rows, each);
  }

  private static @Nullable Double rmse(double squares, long count) {
    return Numbers.finite(Math.sqrt(squares / count));
  }
}
