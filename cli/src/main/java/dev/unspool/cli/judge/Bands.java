// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How bands are made of what a model says, as of the end of the table: {@code bands.json}. A band
 * is {@code lower − offset · scale} to {@code upper + offset · scale}. Lower and upper are the
 * quantiles named, or else both the forecast itself; the scale is the deviation that the model
 * says, or else 1 in the target's units.
 *
 * @param horizons rows ahead, ascending
 * @param scaled whether the scale is the deviation
 * @param levels bands to choose from
 */
public record Bands(List<Integer> horizons, boolean scaled, List<Level> levels) {
  /**
   * Bands of one level.
   *
   * @param level share of truths that shall lie within
   * @param lower probability of the quantile that a band begins with; null for the forecast itself
   * @param upper probability of the quantile that it ends with; null likewise
   * @param offsets of each target, by its name, at each of the horizons; null where there was
   *     nothing to calibrate with
   */
  public record Level(
      double level,
      @Nullable Double lower,
      @Nullable Double upper,
      Map<String, List<@Nullable Double>> offsets) {}
}
