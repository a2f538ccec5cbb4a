// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.engine.Block;
import dev.unspool.inference.Evaluation;
import dev.unspool.model.Steps;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares predictions with the truth, in the targets' own units, and with what would be said
 * without a model: the newest value once more (persistence), or where the model does not know that
 * value either, always the middle of the training part.
 */
final class SeriesScore implements Evaluation.OutputConsumer {
  private final Table table;
  private final List<TargetScale> targets;
  private final int horizon;
  private final Stop stop;
  private final Listener listener;
  private final List<Errors> errors;
  private final List<Errors> baselines;
  private long row;
  private long rows;

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
    this.errors = targets.stream().map(_ -> new Errors()).toList();
    this.baselines = targets.stream().map(_ -> new Errors()).toList();
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
    boolean any = false;
    for (int i = 0; i < targets.size(); i++) {
      TargetScale target = targets.get(i);
      double truth = table.get(predicted, target.column());
      double newest = newest(target);
      if (Double.isNaN(truth) || (target.known() && Double.isNaN(newest))) {
        continue;
      }
      any = true;
      double prediction = target.level(outputs.get(step, 0, i), newest);
      errors.get(i).add(prediction - truth);
      baselines.get(i).add((target.known() ? newest : target.mean()) - truth);
      listener.predicted(predicted, i, prediction);
    }
    rows += any ? 1 : 0;
  }

  private double newest(TargetScale target) {
    long known = table.known(row, target.column());
    return known < 0 ? Double.NaN : table.get(known, target.column());
  }

  Figures.Series figures() {
    var each = new LinkedHashMap<String, Figures.Target>();
    for (int i = 0; i < targets.size(); i++) {
      boolean known = targets.get(i).known();
      Double rmse = baselines.get(i).rmse();
      Double mae = baselines.get(i).mae();
      each.put(
          targets.get(i).name(),
          new Figures.Target(
              errors.get(i).rmse(),
              errors.get(i).mae(),
              known ? rmse : null,
              known ? mae : null,
              known ? null : rmse,
              known ? null : mae,
              null));
    }
    return Figures.Series.of(rows, each);
  }

  /** Errors of one target, added up. */
  private static final class Errors {
    private double squares;
    private double sizes;
    private long count;

    void add(double error) {
      squares += error * error;
      sizes += Math.abs(error);
      count++;
    }

    @Nullable Double rmse() {
      return Numbers.finite(Math.sqrt(squares / count));
    }

    @Nullable Double mae() {
      return Numbers.finite(sizes / count);
    }
  }
}
