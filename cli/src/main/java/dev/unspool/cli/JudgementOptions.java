// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.JudgementConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What forecasts are judged by. */
final class JudgementOptions {
  @Option(
      names = "--season",
      paramLabel = "ROWS",
      split = ",",
      description =
          "After how many rows the series repeats, such as 24,168: forecasts are compared with what"
              + " was so long before. Default: what the autocorrelation of the training part says.")
  @Nullable List<Integer> season;

  @Option(
      names = "--band",
      paramLabel = "P",
      description = "Share of the rows that shall lie in a band. Default: 0.9.")
  @Nullable Double band;

  /** Whether anything was said. */
  boolean isGiven() {
    return season != null || band != null;
  }

  /**
   * How forecasts are judged.
   *
   * @param before how they were, but for what was said
   * @param longest rows ahead; null for as many as before
   */
  JudgementConfig changed(JudgementConfig before, @Nullable Integer longest) {
    return before.with(season, band, longest);
  }
}
