// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import java.util.Arrays;

/**
 * What is predicted at a row: each of the targets at each of the horizons, side by side. And how
 * long it waits for its truth.
 */
final class Goals {
  private final int targets;
  private final int[] horizons;
  private final int reach;
  private final int slots;

  private Goals(int targets, int[] horizons, int delay, int k1) {
    this.targets = targets;
    this.horizons = horizons;
    this.reach = Math.addExact(furthest(), delay);
    this.slots = Math.addExact(reach, k1);
  }

  /**
   * As a learner is described.
   *
   * @throws IllegalArgumentException if the model does not put out a value for each
   */
  static Goals of(LearnerBuilder builder) {
    int[] horizons = builder.horizons;
    int values = builder.loss.targets(builder.model.outputs());
    if (values % horizons.length != 0) {
      throw new IllegalArgumentException(
          ("the model predicts %s values, which is no multiple of the %s horizons %s; it puts out a"
                  + " value of each target for each horizon")
              .formatted(values, horizons.length, Arrays.toString(horizons)));
    }
    return new Goals(values / horizons.length, horizons, builder.delay, builder.k1);
  }

  int targets() {
    return targets;
  }

  /** Numbers of rows ahead, ascending; not to be modified. */
  int[] horizons() {
    return horizons;
  }

  /** Number of all values that are predicted at a row. */
  int values() {
    return targets * horizons.length;
  }

  /** The number of a value. */
  int value(int target, int horizon) {
    return target * horizons.length + horizon;
  }

  /** The target that a value is of. */
  int target(int value) {
    return value / horizons.length;
  }

  /** The nearest row that is predicted at row 0. */
  int nearest() {
    return horizons[0];
  }

  /** The furthest. */
  int furthest() {
    return horizons[horizons.length - 1];
  }

  /** Rows after which a truth is still waited for. */
  int reach() {
    return reach;
  }

  /** Rows that are remembered: those whose truths may come, and k1 whose truths have. */
  int slots() {
    return slots;
  }
}
