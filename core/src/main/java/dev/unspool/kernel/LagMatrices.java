// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/** A {@link StepMatrix} for each lag, in one array and equally far apart. */
public final class LagMatrices {
  /** Doubles of a cache line. */
  private static final int LINE = 8;

  final double[] values;

  /** Distance from one lag to the next. */
  final int stride;

  private final StepMatrix[] lags;

  LagMatrices(int lags, int rows, int steps, int group) {
    int height = (rows + DoubleRows.TILE - 1) / DoubleRows.TILE * DoubleRows.TILE;
    int groups = (steps + group - 1) / group;
    int length = Math.multiplyExact(Math.multiplyExact(groups, height), group);
    // An odd number of cache lines: with an even one, a few sets of the cache would have to hold
    // what a tile reads at all lags.
    stride = ((length + LINE - 1) / LINE | 1) * LINE;
    values = new double[Math.multiplyExact(lags, stride)];
    this.lags = new StepMatrix[lags];
    Arrays.setAll(
        this.lags, lag -> new StepMatrix(values, lag * stride, rows, height, group, groups));
  }

  /** The matrix of one lag. */
  public StepMatrix at(int lag) {
    return lags[lag];
  }
}
