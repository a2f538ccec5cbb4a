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
    int outputs = predictor.outputs();
    var forecast = Steps.allocate(horizon, predictor.lanes(), outputs);
    run(
        predictor,
        input,
        horizon,
        feedback,
        (step, output) ->
            System.arraycopy(
                output, 0, forecast.values(), forecast.at(Math.toIntExact(step)), output.length));
    return forecast;
  }

  /** Takes the outputs of a forecast as soon as they are known. */
  @FunctionalInterface
  public interface Listener {
    /**
     * One step.
     *
     * @param step from 0
     * @param output lanes × outputs; the listener's
     */
    void predicted(long step, float[] output);
  }

  /**
   * The same of any length, and nothing of it is kept. Where inputs are known for a while, {@code
   * feedback} may take them instead of the predictions.
   *
   * @param steps number of steps, at least 1
   * @param listener told of each step before {@code feedback} is
   */
  public static void run(
      Predictor predictor, float[] input, long steps, Feedback feedback, Listener listener) {
    float[] next = input.clone();
    for (long step = 0; ; step++) {
      float[] output = predictor.step(next);
      listener.predicted(step, output);
      if (step + 1 >= steps) {
        return;
      }
      feedback.next(step, output, next);
    }
  }
}
