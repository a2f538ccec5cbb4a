// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/**
 * What of the data is not learned from.
 *
 * @param valid fraction of the rows, before the test part, that choose the weights
 * @param test fraction of the rows, at the end, that judge them
 */
public record HeldOut(double valid, double test) {
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
