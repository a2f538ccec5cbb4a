// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;

/** The loss of one lane at one step, of which the losses of this package are weighted means. */
@FunctionalInterface
interface RowLoss {
  /**
   * ℓ and its derivative.
   *
   * @param outputs {@code width} values from {@code output}, not modified
   * @param targets from {@code target}, not modified
   * @param scale of the gradient
   * @param gradient {@code width} values from {@code into}, overwritten with {@code scale·∂ℓ/∂y}
   * @return ℓ, not scaled
   */
  double evaluate(
      Kernels kernels,
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into);
}
