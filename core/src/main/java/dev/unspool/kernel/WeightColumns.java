// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/**
 * The columns of a matrix of weights: where in θ they stand and how their signals are laid out. The
 * weight of sum g in column j is that at {@code offset(j) + g · stride(j)}; the biases of the same
 * sums follow each other.
 *
 * <p>The first columns form panels of neighbours in θ, the others stand alone. Signals are panels ×
 * times × columns of a panel, then single columns × times, then ones, with room of one panel at
 * both ends.
 */
public final class WeightColumns {
  private final int panel;
  private final int[] offset;
  private final int[] stride;
  private final int[] biases;
  private final int panels;
  private final int[] places;
  private final int[] strides;

  /**
   * Columns, those first of which whole panels can be made.
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
    int whole = 0;
    while (isPanel(whole * panel)) {
      whole++;
    }
    panels = whole;
    places = new int[whole];
    strides = new int[whole];
    Arrays.setAll(places, p -> offset[p * panel]);
    Arrays.setAll(strides, p -> stride[p * panel]);
  }

  private boolean isPanel(int from) {
    boolean neighbours = from + panel <= offset.length;
    for (int j = from + 1; neighbours && j < from + panel; j++) {
      neighbours = offset[j] == offset[from] + j - from && stride[j] == stride[from];
    }
    return neighbours;
  }

  /** Number of columns. */
  public int count() {
    return offset.length;
  }

  /** Length of the array of signals. */
  public int length(int times) {
    return Math.addExact(Math.multiplyExact(count() + 1, times), 2 * panel);
  }

  /** Where as many ones begin, the signal of the biases. */
  public int ones(int times) {
    return panel + count() * times;
  }

  /** Where a column's signal begins. */
  public int signal(int column, int times) {
    return panel
        + (isAlone(column) ? column * times : column / panel * panel * times + column % panel);
  }

  /** The distance between neighbouring times of a column's signal. */
  public int step(int column) {
    return isAlone(column) ? 1 : panel;
  }

  private boolean isAlone(int column) {
    return column >= panels * panel;
  }

  /** Number of panels. */
  int panels() {
    return panels;
  }

  /** For each panel, where the weight of sum 0 in its first column stands. */
  int[] places() {
    return places;
  }

  /** For each panel, the distance between the weights of neighbouring sums. */
  int[] strides() {
    return strides;
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
