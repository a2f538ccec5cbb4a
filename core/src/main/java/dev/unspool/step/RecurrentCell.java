// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

/** The equations of a recurrent cell: one layer of a stack. */
@FunctionalInterface
public interface RecurrentCell {
  /**
   * Writes one layer down.
   *
   * @param s declares state and parameters, under the names of this layer
   * @param x the layer's input
   * @param hidden units H of the layer
   * @return its output, of {@link #outputs outputs(H)} units
   */
  Signal write(Step s, Signal x, int hidden);

  /**
   * Width of its output.
   *
   * @param hidden units H of the layer
   */
  default int outputs(int hidden) {
    return hidden;
  }
}
