// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;

/**
 * A linear model of a target some rows ahead, as it was fitted: {@code newest + intercept + Σ
 * weightᵢ (xᵢ − meanᵢ)}. A number that is missing is the newest one before it, and where there is
 * none it counts in nothing.
 *
 * @param target column that is predicted
 * @param moves whether its newest value is added, since it is known where it is predicted
 * @param horizon how many rows ahead
 * @param regressors what is read
 * @param weights one for each of them, in the target's units per its own; not to be modified
 * @param means one for each of them; not to be modified
 * @param intercept in the target's units
 */
public record Line(
    int target,
    boolean moves,
    int horizon,
    List<Regressor> regressors,
    double[] weights,
    double[] means,
    double intercept) {
  /** Checks the sizes. */
  public Line {
    regressors = List.copyOf(regressors);
    if (weights.length != regressors.size() || means.length != regressors.size()) {
      throw new IllegalArgumentException(
          "%s regressors need as many weights and means, found %s and %s"
              .formatted(regressors.size(), weights.length, means.length));
    }
  }

  /**
   * A prediction of the row {@code horizon} after the newest known one.
   *
   * @param rows with the columns of those that it was fitted to
   * @param origin the newest row that may be looked at
   * @return in the target's own units; NaN where no value of the target is known yet
   */
  public double predict(Rows rows, long origin) {
    double[] x = new double[regressors.size()];
    read(rows, regressors, origin, true, x);
    double sum = intercept;
    for (int i = 0; i < x.length; i++) {
      sum += Double.isNaN(x[i]) ? 0 : weights[i] * (x[i] - means[i]);
    }
    return (moves ? rows.newest(origin, target) : 0) + sum;
  }

  /** How many rows before the newest known one the oldest number is that is read. */
  public int reach() {
    return -regressors.stream().mapToInt(Regressor::ahead).reduce(0, Math::min);
  }

  /**
   * Reads regressors.
   *
   * @param filled whether a missing number is the newest one before it
   * @param origin the newest row that may be looked at
   * @param x overwritten, one for each of them
   * @return false if some are missing
   */
  public static boolean read(
      Rows rows, List<Regressor> regressors, long origin, boolean filled, double[] x) {
    boolean whole = true;
    for (int i = 0; i < x.length; i++) {
      Regressor regressor = regressors.get(i);
      long row = origin + regressor.ahead();
      double value = row < 0 ? Double.NaN : rows.get(row, regressor.column());
      if (filled && Double.isNaN(value) && row > 0) {
        value = rows.newest(row - 1, regressor.column());
      }
      x[i] = value;
      whole &= !Double.isNaN(value);
    }
    return whole;
  }
}
