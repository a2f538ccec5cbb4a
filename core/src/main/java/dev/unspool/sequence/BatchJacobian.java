// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import org.jspecify.annotations.Nullable;

/** dy_t/dθ of a batch of consecutive steps t, by going backwards. */
interface BatchJacobian {
  /** Takes on parameters. */
  void parameters(double[] theta);

  /** Begins a sequence. */
  void begin(Beginning at);

  /**
   * Goes back from one component of the outputs of the steps {@code first} to {@code first + count
   * − 1} of the sequence.
   *
   * @param history must hold these steps and the depth − 1 before them
   * @param wanted derivatives with respect to inputs and states, if anybody asks
   */
  void sweep(
      History history, long first, int count, int component, @Nullable BatchSensitivities wanted);

  /**
   * The derivatives of some steps of the batch, after {@link #sweep} of every component.
   *
   * @param first step of the batch's first row
   * @param row the first that is wanted
   * @param rows number of steps
   * @param into overwritten: for each of them, outputs × θ, and room for {@link SharedDerivatives}
   */
  void derivatives(History history, long first, int row, int rows, double[][] into);
}
