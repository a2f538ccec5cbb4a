// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import java.util.random.RandomGenerator;

/**
 * Draws a class from logits with a temperature: {@code p_i ∝ exp(logit_i / temperature)}.
 *
 * @param temperature 0 always takes the most probable class, 1 follows the model, above 1 is bolder
 */
public record Sampler(double temperature) {

  /** Checks the range. */
  public Sampler {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "the temperature must be at least 0 and finite, found " + temperature);
    }
  }

  /**
   * Draws one class.
   *
   * @param logits n values from {@code offset}, not modified; where some are infinite, one of those
   *     is drawn that are most probable
   * @param n number of classes, at least 1
   * @throws IllegalArgumentException if a logit is NaN
   */
  public int draw(float[] logits, int offset, int n, RandomGenerator random) {
    if (n < 1) {
      throw new IllegalArgumentException("a draw needs at least 1 class, found " + n);
    }
    int best = 0;
    for (int i = 0; i < n; i++) {
      if (Float.isNaN(logits[offset + i])) {
        throw new IllegalArgumentException(
            "logit %s is NaN; the model has diverged, train it with a lower learning rate"
                .formatted(i));
      }
      if (logits[offset + i] > logits[offset + best]) {
        best = i;
      }
    }
    if (temperature == 0) {
      return best;
    }
    double total = 0;
    for (int i = 0; i < n; i++) {
      total += weight(logits, offset, i, best);
    }
    double threshold = random.nextDouble() * total;
    double sum = 0;
    int last = best;
    for (int i = 0; i < n; i++) {
      double weight = weight(logits, offset, i, best);
      sum += weight;
      if (weight > 0) {
        last = i;
      }
      if (sum > threshold) {
        return i;
      }
    }
    return last;
  }

  private double weight(float[] logits, int offset, int i, int best) {
    double logit = logits[offset + i];
    double highest = logits[offset + best];
    // Equal ones may both be infinite, and their difference no number.
    return logit == highest ? 1 : Math.exp((logit - highest) / temperature);
  }
}
