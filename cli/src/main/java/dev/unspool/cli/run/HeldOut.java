// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import org.jspecify.annotations.Nullable;

/**
 * What of the data is not learned from.
 *
 * @param valid fraction of the rows, before the test part, that choose the weights
 * @param test fraction of the rows, at the end, that judge them
 * @param judged how forecasts of the test part are judged; null where nobody has said anything
 */
public record HeldOut(double valid, double test, @Nullable JudgementConfig judged) {
  /** Parts whose forecasts are judged as they are by default. */
  public HeldOut(double valid, double test) {
    this(valid, test, null);
  }

  /** Checks the ranges. */
  public HeldOut {
    UsageException.require(
        valid >= 0 && valid < 1, "--valid must be at least 0 and below 1, found " + valid);
    UsageException.require(
        test >= 0 && test < 1, "--test must be at least 0 and below 1, found " + test);
    UsageException.require(
        valid + test < 1,
        "--valid and --test leave nothing to train on: %s + %s".formatted(valid, test));
  }
}
