// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.UpkeepConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is kept of a stream. What is not given stays as it was, or is as a new stream has it. */
final class OnlineUpkeepOptions {
  private static final UpkeepConfig NEW = new UpkeepConfig(10_000, 60, 3, 60);

  @Option(
      names = "--snapshot-every",
      paramLabel = "RECORDS",
      description =
          "Most records that are done again after a crash; a snapshot is taken when half of them have"
              + " come. 0: any number. Default: 10000.")
  @Nullable Long every;

  @Option(
      names = "--snapshot-seconds",
      paramLabel = "SECONDS",
      description = "Most seconds between two snapshots; 0: any number. Default: 60.")
  @Nullable Double seconds;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Newest snapshots that stay. Default: 3.")
  @Nullable Integer keep;

  @Option(
      names = "--report-every",
      paramLabel = "SECONDS",
      description = "Seconds between two lines of metrics.jsonl. Default: 60.")
  @Nullable Double reportEvery;

  UpkeepConfig config() {
    return config(NEW);
  }

  /** The same with what is given here. */
  UpkeepConfig config(UpkeepConfig base) {
    return new UpkeepConfig(
        every == null ? base.snapshotEvery() : every,
        seconds == null ? base.snapshotSeconds() : seconds,
        keep == null ? base.keep() : keep,
        reportEvery == null ? base.reportEvery() : reportEvery);
  }
}
