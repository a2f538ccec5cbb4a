// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.predict.Fill;

/**
 * What is made of numbers and rows that are missing.
 *
 * @param fill what a network sees in their place
 * @param gap after more empty rows than these, a sequence begins anew; −1: never
 */
public record GapConfig(Fill fill, long gap) {
  /** What is done where nobody has said anything. */
  public static final GapConfig DEFAULT = new GapConfig(Fill.LAST, -1);

  /** Checks the numbers. */
  public GapConfig {
    UsageException.require(gap >= -1, "--gap must be at least 0 rows, found " + gap);
    UsageException.require(fill != Fill.NONE, "--fill is last, linear or zero");
  }
}
