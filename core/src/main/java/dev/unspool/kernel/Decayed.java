// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Moments of a gradient that has been zero for long (a rare word, a unit that is dead, an input
 * that has gone silent): what has decayed too far to count is zero.
 *
 * <p>They shrink by a constant factor an update, to below {@link Float#MIN_NORMAL}, where many
 * processors take a hundred times as long for a product, and stay there for good, since the
 * smallest number times 0.9 is the smallest number again. It is decided by what is computed in an
 * update alone, so that nothing depends on how often or since when there have been updates.
 */
final class Decayed {
  /**
   * The smallest first moment that counts, 8·10⁻³¹. Its product with a learning rate is still a
   * normal number down to a rate of 2·10⁻⁸; and what is below it is hidden by rounding beside any
   * derivative above 10⁻²¹.
   */
  static final float LEAST_FIRST = 0x1p-100f;

  /**
   * The smallest second moment that counts where a parameter stands still, the smallest normal
   * number. A larger one would lose sums: v gathers (1 − β)·g² an update. And where a parameter
   * moves, a step divided by ε alone, without √v, might be far too long.
   */
  static final float LEAST_SECOND = Float.MIN_NORMAL;

  private Decayed() {}

  /** A first moment. */
  static float first(float moment) {
    return Math.abs(moment) < LEAST_FIRST ? 0 : moment;
  }

  /**
   * A second moment.
   *
   * @param along what the parameter moves along: where it is 0, the parameter stands still
   */
  static float second(float moment, float along) {
    return along == 0 && moment < LEAST_SECOND ? 0 : moment;
  }
}
