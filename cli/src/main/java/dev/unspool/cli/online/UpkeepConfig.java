// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.UsageException;

/**
 * What is kept of a stream, and when: nothing that is learned depends on it.
 *
 * @param snapshotEvery most records between two snapshots; 0: any number
 * @param snapshotSeconds most seconds between two, if there were records; 0: any number
 * @param keep newest snapshots that stay
 * @param reportEvery seconds between two lines of metrics
 */
public record UpkeepConfig(
    long snapshotEvery, double snapshotSeconds, int keep, double reportEvery) {
  /** Checks the ranges. */
  public UpkeepConfig {
    UsageException.require(
        snapshotEvery >= 0, "--snapshot-every must not be negative, found " + snapshotEvery);
    UsageException.require(
        snapshotSeconds >= 0, "--snapshot-seconds must not be negative, found " + snapshotSeconds);
    UsageException.require(keep >= 1, "--keep must be at least 1, found " + keep);
    UsageException.require(
        reportEvery > 0, "--report-every must be above 0 seconds, found " + reportEvery);
  }
}
