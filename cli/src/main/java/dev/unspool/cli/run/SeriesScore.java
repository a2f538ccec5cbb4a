// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.engine.Block;
import dev.unspool.inference.Evaluation;
import dev.unspool.model.Steps;
import dev.unspool.predict.Outputs;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares predictions with the truth, in the targets' own units, and with what would be said
 * without a model: the newest value once more (persistence), or where the model does not know that
 * value either, always the middle of the training part. All horizons together.
 */
final class SeriesScore implements Evaluation.OutputConsumer {
  private final SeriesData data;
  private final Outputs said;
  private final Range rows;
  private final Stop stop;
  private final PredictionListener listener;
  private final List<Errors> errors;
  private final List<Errors> baselines;
  private long row;
  private long counted;

  /**
   * A score of nothing yet.
   *
   * @param rows that are predicted
   * @param row that the first step reads
   */
  SeriesScore(SeriesData data, Range rows, long row, Stop stop, PredictionListener listener) {
    this.data = data;
    this.said = data.outputs();
    this.rows = rows;
    this.row = row;
    this.stop = stop;
    this.listener = listener;
    this.errors = data.targets().stream().map(_ -> new Errors()).toList();
    this.baselines = data.targets().stream().map(_ -> new Errors()).toList();
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
    for (int h = 0; h < said.horizons().size(); h++) {
      long predicted = row + said.horizons().get(h);
      boolean any = false;
      for (int i = 0; i < said.targets().size(); i++) {
        if (predicted >= rows.from() && predicted < rows.to()) {
          any |= compare(outputs, step, i, h, data.truth(predicted, i));
        }
      }
      counted += any ? 1 : 0;
    }
  }

  /** Whether there was something to compare. */
  private boolean compare(Steps outputs, int step, int target, int horizon, double truth) {
    double newest = data.newest(row, target);
    boolean known = data.targets().get(target).known();
    if (Double.isNaN(truth) || (known && Double.isNaN(newest))) {
      return false;
    }
    int at = outputs.at(step);
    double prediction = said.point(outputs.values(), at, target, horizon, newest);
    errors.get(target).add(prediction - truth);
    double simple = known ? newest : said.targets().get(target).origin();
    baselines.get(target).add(simple - truth);
    listener.predicted(row, target, horizon, outputs.values(), at, newest);
    return true;
  }

  Figures.Series figures() {
    var each = new LinkedHashMap<String, Figures.Target>();
    for (int i = 0; i < data.targets().size(); i++) {
      boolean known = data.targets().get(i).known();
      Double rmse = baselines.get(i).rmse();
      Double mae = baselines.get(i).mae();
      each.put(
          data.targets().get(i).name(),
          new Figures.Target(
              errors.get(i).rmse(),
              errors.get(i).mae(),
              known ? rmse : null,
              known ? mae : null,
              known ? null : rmse,
              known ? null : mae,
              null));
    }
    return Figures.Series.of(counted, each);
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
