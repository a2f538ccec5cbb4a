// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.baseline.LinearAutoregression;
import dev.unspool.data.Range;
import dev.unspool.predict.Combination;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of a model there is in its mean with a linear autoregression: the share that makes the
 * squares of the validation part least, between 0 and 1 (Bates and Granger 1969).
 */
final class Shares {
  /** With fewer rows, a share would be chance. */
  private static final int LEAST_ROWS = 30;

  private Shares() {}

  /**
   * One for each horizon; null where there are too few rows, or there is no line.
   *
   * @param target its number in the forecasts
   */
  static List<Combination.@Nullable Part> of(
      Question question, Rolling rolling, int target, Rivals rivals) {
    var parts = new ArrayList<Combination.@Nullable Part>();
    for (int h = 0; h < rolling.horizons().size(); h++) {
      LinearAutoregression line = rivals.line(h);
      parts.add(line == null ? null : part(question, rolling, target, h, line));
    }
    return parts;
  }

  private static Combination.@Nullable Part part(
      Question question, Rolling rolling, int target, int h, LinearAutoregression line) {
    Range valid = question.split().valid();
    double product = 0;
    double square = 0;
    int count = 0;
    for (int index = 0; index < rolling.count(); index++) {
      long row = rolling.origin(index) + rolling.horizons().get(h);
      if (row < valid.from() || row >= valid.to()) {
        continue;
      }
      double straight = line.predict(rolling.origin(index));
      double apart = rolling.value(index, target, h) - straight;
      double missed = question.rows().get(row, question.column()) - straight;
      if (!Double.isNaN(apart + missed)) {
        product += missed * apart;
        square += apart * apart;
        count++;
      }
    }
    return count < LEAST_ROWS || !(square > 0) || !Double.isFinite(product)
        ? null
        : new Combination.Part(Math.clamp(product / square, 0, 1), line.line());
  }
}
