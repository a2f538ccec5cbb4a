// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.SaidLater;
import java.util.Objects;

/**
 * How often a training says and keeps where it stands.
 *
 * @param reportEvery seconds between two lines of progress
 * @param checkpointEvery most seconds between two checkpoints; {@value #CHECKPOINT_EVERY} in files
 *     that do not say it
 * @param checkpointUpdates most updates between two checkpoints; 0: any number
 */
public record ReportConfig(
    double reportEvery, @SaidLater Double checkpointEvery, @SaidLater long checkpointUpdates) {
  /** Seconds between two checkpoints where nobody says anything else. */
  public static final int CHECKPOINT_EVERY = 30;

  /** Checks the ranges. */
  public ReportConfig {
    checkpointEvery = Objects.requireNonNullElse(checkpointEvery, (double) CHECKPOINT_EVERY);
    UsageException.require(
        reportEvery > 0, "--report-every must be positive, found " + reportEvery);
    UsageException.require(
        checkpointEvery > 0, "--checkpoint-every must be positive, found " + checkpointEvery);
    UsageException.require(
        checkpointUpdates >= 0,
        "--checkpoint-updates must not be negative, found " + checkpointUpdates);
  }
}
