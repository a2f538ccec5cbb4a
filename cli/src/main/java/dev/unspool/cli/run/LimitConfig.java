// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/**
 * What ends a training.
 *
 * @param epochs passes over the data; 0: no limit
 * @param patience validations without a better one; 0: any number
 * @param maxMinutes so many minutes, in all processes of the training; 0: no limit
 * @param maxUpdates so many updates; 0: no limit
 */
public record LimitConfig(int epochs, int patience, double maxMinutes, long maxUpdates) {

  /** Checks the ranges. */
  public LimitConfig {
    UsageException.require(epochs >= 0, "--epochs must not be negative, found " + epochs);
    UsageException.require(patience >= 0, "--patience must not be negative, found " + patience);
    UsageException.require(
        maxMinutes >= 0, "--max-minutes must not be negative, found " + maxMinutes);
    UsageException.require(
        maxUpdates >= 0, "--max-updates must not be negative, found " + maxUpdates);
    UsageException.require(
        epochs > 0 || maxMinutes > 0 || maxUpdates > 0 || patience > 0,
        "--epochs 0 needs --max-minutes, --max-updates or --patience: nothing else ends training");
  }

  /** Whether it is known when training will end, unless something ends it before. */
  boolean knowEnd() {
    return epochs > 0 || maxUpdates > 0 || maxMinutes > 0;
  }

  /**
   * Updates until these limits end training, or −1 if only time or patience does.
   *
   * @param perEpoch updates in an epoch
   */
  long totalUpdates(long perEpoch) {
    long byEpochs = epochs == 0 ? Long.MAX_VALUE : Math.multiplyExact(perEpoch, epochs);
    long total = maxUpdates == 0 ? byEpochs : Math.min(byEpochs, maxUpdates);
    return total == Long.MAX_VALUE ? -1 : total;
  }
}
