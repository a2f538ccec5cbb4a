// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import dev.unspool.model.Steps;

/** Predicts several steps ahead by feeding predictions back as inputs. */
public final class Forecast {
  private Forecast() {}

  /**
   * Forecasts from where the predictor stands.
   *
   * @param predictor has seen the past but not {@code input}; is {@code horizon} steps further
   *     after the call
   * @param input lanes × inputs, the newest input known; not modified
   * @param horizon number of steps, at least 1
   * @return horizon × lanes × outputs: the first is the ordinary one-step prediction
   */
  public static Steps run(Predictor predictor, float[] input, int horizon, Feedback feedback) {
    if (horizon < 1) {
      throw new IllegalArgumentException("the horizon must be at least 1 step, found " + horizon);
    }
    float[] next = input.clone();
    float[] output = predictor.step(next);
    var forecast =
        Steps.allocate(
            horizon, predictor.lanes(), Math.divideExact(output.length, predictor.lanes()));
    for (int step = 0; ; step++) {
      System.arraycopy(output, 0, forecast.values(), forecast.at(step), output.length);
      if (step + 1 == horizon) {
        return forecast;
      }
      feedback.next(step, output, next);
      output = predictor.step(next);
    }
  }
}
