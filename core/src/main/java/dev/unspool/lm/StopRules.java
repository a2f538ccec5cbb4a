// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.time.Duration;

/**
 * When enough is enough. An iteration is one Jacobian, with as many attempted steps as it takes to
 * get ahead.
 *
 * @param gradient the largest cosine between the residuals and a column of the Jacobian
 * @param step length of the scaled step, relative to the scaled θ
 * @param cost relative decrease of the cost in one iteration
 * @param rmse root mean square of the residuals at which it is good enough; 0 for never
 * @param iterations the most iterations
 * @param time the longest time; looked at between steps
 */
public record StopRules(
    double gradient, double step, double cost, double rmse, int iterations, Duration time) {

  /** Checks the ranges. */
  public StopRules {
    if (!(gradient >= 0) || !(step >= 0) || !(cost >= 0) || !(rmse >= 0) || iterations < 0) {
      throw new IllegalArgumentException(
          "stop rules must not be negative, found %s, %s, %s, %s and %s iterations"
              .formatted(gradient, step, cost, rmse, iterations));
    }
  }

  /** The longest time: in nanoseconds, a duration need not fit a long. */
  double seconds() {
    return time.toSeconds() + 1e-9 * time.toNanosPart();
  }

  /** As precise as float64 allows within so many iterations, and a day. */
  public static StopRules iterations(int iterations) {
    return new StopRules(1e-12, 1e-12, 1e-12, 0, iterations, Duration.ofDays(1));
  }

  /** The same with another time. */
  public StopRules withTime(Duration longest) {
    return new StopRules(gradient, step, cost, rmse, iterations, longest);
  }

  /** The same, ended when the root mean square of the residuals is as small as this. */
  public StopRules withRmse(double enough) {
    return new StopRules(gradient, step, cost, enough, iterations, time);
  }
}
