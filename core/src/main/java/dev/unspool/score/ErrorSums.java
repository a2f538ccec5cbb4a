// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

/** Errors of point forecasts, added up. What is missing counts in nothing. */
public final class ErrorSums {
  private double squares;
  private double sizes;
  private double truths;
  private long count;

  /**
   * Adds a forecast.
   *
   * @param prediction a NaN counts as one, and makes every figure NaN
   * @param truth NaN where it is missing
   */
  public void add(double prediction, double truth) {
    if (Double.isNaN(truth)) {
      return;
    }
    double error = prediction - truth;
    squares += error * error;
    sizes += Math.abs(error);
    truths += Math.abs(truth);
    count++;
  }

  /** How many forecasts there were. */
  public long count() {
    return count;
  }

  /** Root of the mean squared error; NaN of none. */
  public double rmse() {
    return Math.sqrt(squares / count);
  }

  /** Mean size of an error; NaN of none. */
  public double mae() {
    return sizes / count;
  }

  /**
   * Mean size of an error as a share of the mean size of a truth, which truths near 0 do not spoil
   * (the MAD/mean ratio of Kolassa and Schütz 2007; what Cui, Ahmad and Hawkins 2016 call a mean
   * absolute percentage error). NaN of none.
   */
  public double relative() {
    return sizes / truths;
  }
}
