// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.util.List;

/**
 * What a model says about each target, and what of that is made small.
 *
 * @param horizons how many rows ahead
 * @param predict what is said about targets that are also inputs
 * @param loss what is made small
 */
public record OutputConfig(List<Integer> horizons, Prediction predict, SeriesLoss loss) {
  /** Checks the ranges. */
  public OutputConfig {
    UsageException.require(horizons.size() == 1, "--horizon must be one number");
    UsageException.require(
        horizons.getFirst() >= 0, "--horizon must be at least 0, found " + horizons.getFirst());
  }

  /** The value itself, in the row that is read: a plant's, without a horizon. */
  public static OutputConfig simulated() {
    return new OutputConfig(List.of(0), Prediction.LEVEL, SeriesLoss.MSE);
  }
}
