// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/**
 * A matrix of float64 whose rows are signals and whose columns are consecutive steps. Steps stand
 * in groups as wide as a tile of the kernel: groups × rows × steps of a group. What a tile reads is
 * one piece of memory then, whatever the number of rows.
 *
 * <p>Groups are always whole, and some room follows the last row: kernels may leave anything in
 * what lies beyond the last step or row.
 */
public final class StepMatrix {
  final double[] values;
  final int offset;
  private final int rows;

  /** Rows of a group, with the room behind the last one. */
  final int height;

  private final int group;
  private final int groups;

  StepMatrix(double[] values, int offset, int rows, int height, int group, int groups) {
    this.values = values;
    this.offset = offset;
    this.rows = rows;
    this.height = height;
    this.group = group;
    this.groups = groups;
  }

  static StepMatrix allocate(int rows, int steps, int group) {
    int height = rows + DoubleRows.TILE - 1;
    int groups = (steps + group - 1) / group;
    int length = Math.multiplyExact(Math.multiplyExact(groups, height), group);
    return new StepMatrix(new double[length], 0, rows, height, group, groups);
  }

  /** Number of signals. */
  public int rows() {
    return rows;
  }

  int at(int row, int step) {
    return offset + (step / group * height + row) * group + step % group;
  }

  /** One element. */
  public double get(int row, int step) {
    return values[at(row, step)];
  }

  /** Overwrites one element. */
  public void set(int row, int step, double value) {
    values[at(row, step)] = value;
  }

  /** Fills everything with zeros. */
  public void clear() {
    Arrays.fill(values, offset, offset + groups * height * group, 0);
  }

  /** Fills all rows of the steps before one of them with zeros. */
  public void clearBefore(int step) {
    int whole = step / group * group;
    Arrays.fill(values, offset, offset + whole * height, 0);
    for (int row = 0; row < height && whole < step; row++) {
      Arrays.fill(values, at(row, whole), at(row, step - 1) + 1, 0);
    }
  }

  /** Fills some rows with zeros, at all steps. */
  public void clear(int first, int rows) {
    for (int g = 0; g < groups; g++) {
      int from = at(first, g * group);
      Arrays.fill(values, from, from + rows * group, 0);
    }
  }

  /** Takes some rows from another matrix of as many steps. */
  public void copy(int first, StepMatrix from, int row, int rows) {
    for (int g = 0; g < groups; g++) {
      int to = at(first, g * group);
      System.arraycopy(from.values, from.at(row, g * group), values, to, rows * group);
    }
  }
}
