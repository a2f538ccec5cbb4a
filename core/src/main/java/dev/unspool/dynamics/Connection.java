// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/**
 * Weights from a signal to the sums of a layer: {@code sum[g] += Σ_j θ[offset + g·rowStride +
 * j·columnStride] · signal[from + j]}, the signal taken {@code delay} steps ago.
 *
 * @param source index of the layer whose output is the signal, or {@link #INPUT}
 * @param from first component of the signal
 * @param columns number of components
 * @param delay 0 for this step's; only inputs and earlier layers can be had without delay
 * @param recurrent whether it adds to the recurrent side of a GRU, which the reset gate scales
 * @param offset of the first weight in θ
 * @param rowStride distance in θ between weights of neighbouring sums
 * @param columnStride distance in θ between weights of neighbouring components
 */
public record Connection(
    int source,
    int from,
    int columns,
    int delay,
    boolean recurrent,
    int offset,
    int rowStride,
    int columnStride) {

  /** The source that stands for the input of the whole network. */
  public static final int INPUT = -1;

  /** A dense row-major matrix over all {@code columns} components of a signal. */
  public static Connection dense(
      int source, int columns, int delay, boolean recurrent, int offset) {
    return new Connection(source, 0, columns, delay, recurrent, offset, columns, 1);
  }
}
