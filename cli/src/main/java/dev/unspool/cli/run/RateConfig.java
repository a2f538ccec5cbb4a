// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.optimizer.LearningRate;

/**
 * The learning rate and its course.
 *
 * @param lr learning rate
 * @param schedule of the rate
 * @param warmUp updates over which it rises, for {@link ScheduleKind#COSINE}
 * @param decayAfter last epoch at the full rate, for {@link ScheduleKind#STEP}
 * @param decayFactor what the rate is divided by after that
 */
public record RateConfig(
    double lr, ScheduleKind schedule, long warmUp, int decayAfter, double decayFactor) {

  /** Checks the ranges. */
  public RateConfig {
    UsageException.require(
        lr > 0 && Double.isFinite(lr), "--lr must be positive and finite, found " + lr);
    UsageException.require(warmUp >= 0, "--warm-up must not be negative, found " + warmUp);
    UsageException.require(
        decayAfter >= 0, "--decay-after must not be negative, found " + decayAfter);
    UsageException.require(
        decayFactor >= 1, "--decay-factor must be at least 1, found " + decayFactor);
  }

  /** The same course of another rate. */
  public RateConfig withRate(double other) {
    return new RateConfig(other, schedule, warmUp, decayAfter, decayFactor);
  }

  /**
   * The course by updates.
   *
   * @param total number of updates; −1 if nobody knows
   */
  LearningRate learningRate(long total) {
    return switch (schedule) {
      case CONSTANT -> LearningRate.constant(lr);
      case STEP -> LearningRate.stepDecay(lr, decayAfter, decayFactor);
      case COSINE -> LearningRate.cosine(lr, Math.min(warmUp, total / 10), total, 0);
    };
  }
}
