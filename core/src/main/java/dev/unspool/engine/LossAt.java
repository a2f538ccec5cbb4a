// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

/** Which outputs the loss of one sweep reads. */
public sealed interface LossAt {
  /** The last step of each k1. */
  LossAt LAST = new LastSteps(1);

  /** Every step since the last sweep, so that every step of the data counts once. */
  LossAt EVERY = new EveryStep();

  /**
   * The outputs of the last {@code m} steps, also of steps that an earlier sweep has seen.
   *
   * @param m at least 1; may exceed k1 (then a step counts in several losses) and k2 (then the
   *     oldest outputs are constants)
   */
  static LossAt last(int m) {
    return new LastSteps(m);
  }

  /** Number of outputs read after {@code fresh} steps since the last sweep. */
  int outputs(int fresh);

  /**
   * The outputs of the last m steps.
   *
   * @param m at least 1
   */
  record LastSteps(int m) implements LossAt {
    /** Checks the range. */
    public LastSteps {
      if (m < 1) {
        throw new IllegalArgumentException(
            "the loss must read the outputs of at least 1 step, found " + m);
      }
    }

    @Override
    public int outputs(int fresh) {
      return m;
    }
  }

  /** The outputs of all steps since the last sweep. */
  record EveryStep() implements LossAt {
    @Override
    public int outputs(int fresh) {
      return fresh;
    }
  }
}
