// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.predict.Outputs;
import dev.unspool.score.ErrorSums;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares predictions with the truth, in the targets' own units, and with what would be said
 * without a model: the newest value once more (persistence), or where the model does not know that
 * value either, always the middle of the training part. All horizons together.
 */
final class SeriesScore {
  private final SeriesData data;
  private final Outputs said;
  private final Range rows;
  private final PredictionListener listener;
  private final List<ErrorSums> errors;
  private final List<ErrorSums> baselines;
  private long counted;

  private SeriesScore(SeriesData data, Range rows, PredictionListener listener) {
    this.data = data;
    this.said = data.outputs();
    this.rows = rows;
    this.listener = listener;
    this.errors = data.targets().stream().map(_ -> new ErrorSums()).toList();
    this.baselines = data.targets().stream().map(_ -> new ErrorSums()).toList();
  }

  /**
   * A score of nothing yet.
   *
   * @param rows that are predicted
   * @param listener told of each prediction
   * @return null if none of them can be predicted
   */
  static @Nullable SeriesScore of(SeriesData data, Range rows, PredictionListener listener) {
    return rows.to() - Math.max(rows.from(), data.config().nearest()) < 1
        ? null
        : new SeriesScore(data, rows, listener);
  }

  /**
   * Takes what a network says when it has seen a row; what it says of others than these rows counts
   * in nothing.
   *
   * @param row the newest that it has seen
   * @param outputs not modified
   * @param at where they begin
   */
  void says(long row, float[] outputs, int at) {
    for (int h = 0; h < said.horizons().size(); h++) {
      long predicted = row + said.horizons().get(h);
      if (predicted < rows.from() || predicted >= rows.to()) {
        continue;
      }
      boolean any = false;
      for (int target = 0; target < errors.size(); target++) {
        any |= compare(row, outputs, at, target, h, data.truth(predicted, target));
      }
      counted += any ? 1 : 0;
    }
  }

  /** Whether there was something to compare. */
  private boolean compare(
      long row, float[] outputs, int at, int target, int horizon, double truth) {
    double newest = data.newest(row, target);
    boolean known = data.targets().get(target).known();
    if (Double.isNaN(truth) || (known && Double.isNaN(newest))) {
      return false;
    }
    errors.get(target).add(said.point(outputs, at, target, horizon, newest), truth);
    baselines.get(target).add(known ? newest : said.targets().get(target).origin(), truth);
    listener.predicted(row, target, horizon, outputs, at, newest);
    return true;
  }

  Figures.Series figures() {
    var each = new LinkedHashMap<String, Figures.Target>();
    for (int i = 0; i < errors.size(); i++) {
      boolean known = data.targets().get(i).known();
      Double rmse = Numbers.finite(baselines.get(i).rmse());
      Double mae = Numbers.finite(baselines.get(i).mae());
      each.put(
          data.targets().get(i).name(),
          new Figures.Target(
              Numbers.finite(errors.get(i).rmse()),
              Numbers.finite(errors.get(i).mae()),
              known ? rmse : null,
              known ? mae : null,
              known ? null : rmse,
              known ? null : mae,
              null));
    }
    return Figures.Series.of(counted, each);
  }
}
