// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a key, and what had been said about each.
 *
 * @param key whose rows; empty where there is but one
 * @param rows their numbers among those of the key, ascending
 * @param times when they were, in milliseconds since 1970; null where records have no time
 * @param targets what was said of each target
 */
public record WatchedRows(
    String key, List<Long> rows, @Nullable List<Long> times, List<Target> targets) {

  /**
   * A target.
   *
   * @param truth of each row; null where it is not known
   * @param horizons what was said of it, by horizon
   */
  public record Target(List<@Nullable Double> truth, List<Said> horizons) {}

  /**
   * What was said of each row, that many rows before.
   *
   * @param prediction the middle; null where nothing was said
   * @param lower lower end of the band
   * @param upper upper end of the band
   */
  public record Said(
      List<@Nullable Double> prediction,
      List<@Nullable Double> lower,
      List<@Nullable Double> upper) {}
}
