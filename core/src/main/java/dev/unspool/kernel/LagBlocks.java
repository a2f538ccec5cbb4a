// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/**
 * What comes back to some units from each step of a batch at each lag, oldest first, laid out as
 * the tiles read it: steps × blocks of units × lags × units of a block.
 */
public final class LagBlocks {
  /** Units of a block: some tiles below each other. */
  public static final int BLOCK = 32;

  private final AlignedDoubles values;
  private final int units;
  private final int lags;

  /** From one step of the batch to the next. */
  private final int row;

  /** Room for a batch. */
  public LagBlocks(int steps, int units, int lags) {
    this.units = units;
    this.lags = lags;
    row = Math.multiplyExact((units + BLOCK - 1) / BLOCK * BLOCK, lags);
    // A tile may read what stands behind the last unit.
    values = new AlignedDoubles(Math.addExact(Math.multiplyExact(steps, row), BLOCK));
  }

  /** Says that all of it is going to be overwritten. */
  public void renew() {
    values.renew();
  }

  double[] values() {
    return values.values();
  }

  /** Number of units. */
  public int units() {
    return units;
  }

  /** Number of lags. */
  public int lags() {
    return lags;
  }

  /** Where something stands; lag 0 is the last of them. */
  int at(int row, int unit, int lag) {
    return values.start()
        + row * this.row
        + (unit / BLOCK * lags + lags - 1 - lag) * BLOCK
        + unit % BLOCK;
  }

  /** One element. */
  public double get(int row, int unit, int lag) {
    return values.values()[at(row, unit, lag)];
  }

  /** Fills with zeros what a step sees at a lag. */
  public void clear(int row, int lag) {
    for (int unit = 0; unit < units; unit += BLOCK) {
      int from = at(row, unit, lag);
      Arrays.fill(values.values(), from, from + BLOCK, 0);
    }
  }

  /** From what a step sees at a lag to what the next step sees at the next lag. */
  int step() {
    return row - BLOCK;
  }
}
