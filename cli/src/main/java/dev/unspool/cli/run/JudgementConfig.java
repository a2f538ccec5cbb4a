// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How forecasts are judged.
 *
 * @param seasons in rows; empty to find them in the training part
 * @param band share of truths that shall lie in a band
 * @param longest rows ahead, where predictions can be fed back
 */
public record JudgementConfig(List<Integer> seasons, double band, int longest) {
  /** What nobody has said anything of. */
  public static final JudgementConfig DEFAULT = new JudgementConfig(List.of(), 0.9, 24);

  private static final int LONGEST = 10_000;

  /** The same changed in what is not null. */
  public JudgementConfig with(
      @Nullable List<Integer> newSeasons, @Nullable Double newBand, @Nullable Integer newLongest) {
    return new JudgementConfig(
        newSeasons != null ? newSeasons : seasons,
        newBand != null ? newBand : band,
        newLongest != null ? newLongest : longest);
  }

  /** Checks the ranges. */
  public JudgementConfig {
    UsageException.require(
        seasons.stream().allMatch(season -> season >= 2),
        "--season must be at least 2 rows, found " + seasons);
    UsageException.require(
        seasons.stream().distinct().count() == seasons.size(),
        "--season names one twice: " + seasons);
    UsageException.require(
        band > 0 && band < 1, "--band must be between 0 and 1, such as 0.9, found " + band);
    UsageException.require(
        longest >= 1 && longest <= LONGEST,
        "--horizon must be from 1 to %s, found %s".formatted(LONGEST, longest));
  }
}
