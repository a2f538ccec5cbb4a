// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.WeightPolicy;
import dev.unspool.tbptt.LossAt;
import dev.unspool.tbptt.Truncation;

/**
 * When a sweep happens, and what it differentiates.
 *
 * @param k1 steps between two sweeps
 * @param k2 depth of a sweep
 * @param lossAt {@code every}, {@code last} or {@code last:M}
 * @param policy what a sweep means after the weights have changed
 */
public record SweepConfig(int k1, int k2, String lossAt, WeightPolicy policy) {
  private static final String LAST = "last";

  /** Checks the ranges. */
  public SweepConfig {
    UsageException.require(k1 >= 1, "--k1 must be at least 1, found " + k1);
    UsageException.require(k2 >= 1, "--k2 must be at least 1, found " + k2);
    parseLossAt(lossAt);
  }

  Truncation truncation() {
    return new Truncation(k1, k2, parseLossAt(lossAt));
  }

  private static LossAt parseLossAt(String text) {
    if (text.equals("every")) {
      return LossAt.EVERY;
    }
    if (text.equals(LAST)) {
      return LossAt.LAST;
    }
    if (text.matches(LAST + ":[1-9][0-9]{0,8}")) {
      return LossAt.last(Integer.parseInt(text.substring(LAST.length() + 1)));
    }
    throw new UsageException(
        "--loss-at is '%s', expected every, last, or last:M with M at least 1".formatted(text));
  }
}
