// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.TapeOptions;

/**
 * How a model is trained.
 *
 * @param sweep when there is one, and what it differentiates
 * @param lanes sequences side by side
 * @param rule what becomes of a gradient
 * @param rate the learning rate and its course
 * @param limit what ends training
 * @param report how often training says and keeps where it stands
 * @param seed of everything random
 * @param threads that share the work; 0: as many as it is worth. Results do not depend on it
 */
public record TrainingConfig(
    SweepConfig sweep,
    int lanes,
    RuleConfig rule,
    RateConfig rate,
    LimitConfig limit,
    ReportConfig report,
    long seed,
    int threads) {

  /** Checks what its parts do not. */
  public TrainingConfig {
    UsageException.require(lanes >= 1, "--lanes must be at least 1, found " + lanes);
    UsageException.require(
        rate.schedule() != ScheduleKind.COSINE || limit.knowEnd(),
        "--schedule cosine needs --epochs, --max-updates or --max-minutes: it must know where it ends");
    UsageException.require(
        threads >= 0 && threads <= TapeOptions.MOST_THREADS,
        "--threads must be 1 to %s, or auto, found %s"
            .formatted(TapeOptions.MOST_THREADS, threads));
  }

  /** The same at another rate. */
  public TrainingConfig with(RateConfig other) {
    return new TrainingConfig(sweep, lanes, rule, other, limit, report, seed, threads);
  }

  /** The same with other limits. */
  public TrainingConfig with(LimitConfig other) {
    return new TrainingConfig(sweep, lanes, rule, rate, other, report, seed, threads);
  }

  /** The same with other reports and checkpoints. */
  public TrainingConfig with(ReportConfig other) {
    return new TrainingConfig(sweep, lanes, rule, rate, limit, other, seed, threads);
  }

  /** The same with so many threads; 0: as many as the work is worth. */
  public TrainingConfig withThreads(int count) {
    return new TrainingConfig(sweep, lanes, rule, rate, limit, report, seed, count);
  }

  /** The same from another seed. */
  public TrainingConfig withSeed(long other) {
    return new TrainingConfig(sweep, lanes, rule, rate, limit, report, other, threads);
  }

  /**
   * The course of the learning rate.
   *
   * @param perEpoch updates in an epoch
   */
  Course course(long perEpoch, TrainingClock clock) {
    return new Course(rate, limit.totalUpdates(perEpoch), clock);
  }
}
