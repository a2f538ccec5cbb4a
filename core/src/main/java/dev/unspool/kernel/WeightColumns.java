// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Where in θ the weights of each column of a matrix stand, panel by panel: that of sum g in column
 * j at {@code offset(j) + g · stride(j)}. The biases of the same sums follow each other.
 */
public final class WeightColumns {
  private final int panel;
  private final int[] offset;
  private final int[] stride;
  private final int[] biases;
  private final boolean[] dense;

  /**
   * Columns in the order in which the panels have them.
   *
   * @param panel columns of a panel
   * @param offset for each column, where the weight of sum 0 stands
   * @param stride for each column, the distance between the weights of neighbouring sums
   * @param biases where that of sum 0 stands, for each vector of biases; all of them have the same
   *     derivatives
   */
  public WeightColumns(int panel, int[] offset, int[] stride, int[] biases) {
    this.panel = panel;
    this.offset = offset.clone();
    this.stride = stride.clone();
    this.biases = biases.clone();
    dense = new boolean[(offset.length + panel - 1) / panel];
    for (int q = 0; q < dense.length; q++) {
      dense[q] = isDense(q * panel);
    }
  }

  private boolean isDense(int from) {
    boolean dense = from + panel <= offset.length;
    for (int j = from + 1; dense && j < from + panel; j++) {
      dense = offset[j] == offset[from] + j - from && stride[j] == stride[from];
    }
    return dense;
  }

  /** Number of panels. */
  int panels() {
    return dense.length;
  }

  /** Whether the columns of a panel are neighbours in θ. */
  boolean dense(int panel) {
    return dense[panel];
  }

  /** Number of columns. */
  int count() {
    return offset.length;
  }

  int offset(int column) {
    return offset[column];
  }

  int stride(int column) {
    return stride[column];
  }

  int[] biases() {
    return biases;
  }
}
