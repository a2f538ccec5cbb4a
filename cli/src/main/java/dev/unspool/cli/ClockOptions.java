// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How times are written, and whose they are. */
final class ClockOptions {
  @Option(
      names = "--time-format",
      paramLabel = "PATTERN",
      description = TimeOptions.FORMAT + "Default: ISO 8601, or a number.")
  @Nullable String timeFormat;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Whose clocks times without an offset are of, and whose hours and days count:"
              + " Europe/Berlin, +01:00. Default: as the times say, else UTC.")
  @Nullable String zone;
}
