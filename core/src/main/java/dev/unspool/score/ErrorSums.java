// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

/** Errors of point forecasts, added up. What is missing counts in nothing. */
public final class ErrorSums {
  private double squares;
  private double sizes;
  private double shares;
  private long count;
  private long shared;

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
    count++;
    if (truth != 0) {
      shares += Math.abs(error / truth);
      shared++;
    }
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

  /** Mean size of an error as a share of the truth, over truths that are not 0; NaN of none. */
  public double mape() {
    return shares / shared;
  }
}
