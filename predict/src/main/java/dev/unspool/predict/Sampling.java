// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/**
 * How a model that says a distribution goes on with its own predictions: along paths, each of which
 * goes on with values that are as probable as the model says.
 *
 * @param paths how many; 0: it goes on with the forecast itself, as if that were certain
 * @param seed of what is random: the same one draws the same
 */
public record Sampling(int paths, long seed) {
  /** Going on with the forecast itself. */
  public static final Sampling NONE = new Sampling(0, 1);

  /** Enough for the ends of a band of nine in ten to be off by a few hundredths of its width. */
  public static final Sampling DEFAULT = new Sampling(200, 1);

  private static final int MOST = 100_000;

  /** Checks the range. */
  public Sampling {
    if (paths != 0 && (paths < 2 || paths > MOST)) {
      throw new IllegalArgumentException(
          "the number of paths must be 0, or between 2 and %s, found %s".formatted(MOST, paths));
    }
  }
}
