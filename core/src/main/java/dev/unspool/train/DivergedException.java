// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

/**
 * Training has diverged: one update after the other has a gradient that is not finite. {@link
 * Trainer#restart} goes back to weights that were good, such as those of {@link BestWeights}.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long update;
  private final long lastMade;

  DivergedException(long update, int inARow, double loss) {
    super(
        ("the gradients of the last %s updates up to update %s are not finite (loss %s);"
                + " lower the learning rate or clip the gradient by its norm, and go on from weights"
                + " that were good")
            .formatted(inARow, update, loss));
    this.update = update;
    this.lastMade = update - inARow;
  }

  /** Number of the last update, from 1. */
  public long update() {
    return update;
  }

  /**
   * Number of the last update that changed the weights, and made them what they should not be;
   * those that came after it were skipped.
   */
  public long lastMade() {
    return lastMade;
  }
}
