// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.baseline.Baseline;
import dev.unspool.baseline.LinearAutoregression;
import dev.unspool.data.Range;
import dev.unspool.score.ErrorSums;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is compared with: the newest value, or of a target that is not known the middle of
 * the training part; the value a season before; a linear autoregression for each horizon.
 */
final class Rivals {
  private static final long MOST_ROWS = 5_000;

  private final Baseline simple;
  private final @Nullable Baseline seasonal;
  private final int season;
  private final List<@Nullable LinearAutoregression> linear = new ArrayList<>();

  Rivals(Question question, List<Integer> horizons) {
    this.simple =
        question.known()
            ? Baseline.persistence(question.rows(), question.column())
            : (_, _) -> question.middle();
    this.season = question.known() ? bestSeason(question, horizons) : 0;
    this.seasonal =
        season == 0 ? null : Baseline.seasonal(question.rows(), question.column(), season);
    for (int horizon : horizons) {
      linear.add(
          LinearAutoregression.fit(
              question.rows(),
              question.column(),
              question.known(),
              horizon,
              question.regressors().apply(horizon),
              question.split().train(),
              question.split().valid()));
    }
  }

  /** The season that does best over all horizons on the validation part, else the training part. */
  private static int bestSeason(Question question, List<Integer> horizons) {
    Range valid = question.split().valid();
    Range judged = valid.isEmpty() ? question.split().train() : valid;
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int season : question.seasons()) {
      Baseline baseline = Baseline.seasonal(question.rows(), question.column(), season);
      var errors = new ErrorSums();
      for (long row = Math.max(judged.from(), judged.to() - MOST_ROWS); row < judged.to(); row++) {
        for (int horizon : horizons) {
          double said = row < horizon ? Double.NaN : baseline.predict(row - horizon, horizon);
          if (!Double.isNaN(said)) {
            errors.add(said, question.rows().get(row, question.column()));
          }
        }
      }
      if (best == 0 || errors.mae() < least) {
        best = season;
        least = errors.mae();
      }
    }
    return best;
  }

  /** The season of seasonal persistence, in rows; 0 for none. */
  int season() {
    return season;
  }

  /** The linear autoregression at one of the horizons; null where there are too few rows. */
  @Nullable LinearAutoregression line(int index) {
    return linear.get(index);
  }

  double simple(long origin, int horizon) {
    return simple.predict(origin, horizon);
  }

  /** NaN where there is no season. */
  double seasonal(long origin, int horizon) {
    return seasonal == null ? Double.NaN : seasonal.predict(origin, horizon);
  }

  /**
   * NaN where there are too few rows for a fit.
   *
   * @param index of the horizon
   */
  double linear(long origin, int index) {
    LinearAutoregression model = linear.get(index);
    return model == null ? Double.NaN : model.predict(origin);
  }
}
