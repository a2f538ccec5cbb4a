// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.predict.Rows;

/** A forecast that costs nothing, against which others are judged. */
@FunctionalInterface
public interface Baseline {
  /** How far back a season is looked for in which the value is not missing. */
  int REACH = 10_000;

  /**
   * A prediction.
   *
   * @param origin the newest row that may be looked at
   * @param horizon how many rows after it is predicted, at least 1
   * @return in the target's own units; NaN where nothing can be said
   */
  double predict(long origin, int horizon);

  /** The newest value once more. */
  static Baseline persistence(Rows rows, int column) {
    return (origin, _) -> rows.newest(origin, column);
  }

  /**
   * The value of the newest season at the same place in it; where that is missing, of the season
   * before, and so on (the seasonal naïve method; Hyndman and Athanasopoulos, "Forecasting:
   * Principles and Practice", 3rd edition, section 5.2).
   *
   * @param season in rows, at least 1
   */
  static Baseline seasonal(Rows rows, int column, int season) {
    if (season < 1) {
      throw new IllegalArgumentException("a season has at least 1 row, found " + season);
    }
    return (origin, horizon) -> {
      long row = origin + horizon - (long) season * Math.ceilDiv(horizon, season);
      for (long least = Math.max(0, row - REACH); row >= least; row -= season) {
        double value = rows.get(row, column);
        if (!Double.isNaN(value)) {
          return value;
        }
      }
      return Double.NaN;
    };
  }
}
