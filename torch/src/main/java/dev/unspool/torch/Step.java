// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * One application of a recurrent function: {@code (θ, x_t, s_t) → (y_t, s_{t+1})}.
 *
 * <p>A pure function of its arguments: whatever is carried belongs into the state. It runs inside a
 * {@code PointerScope}, so temporary tensors need not be closed. In-place operations are fine on
 * tensors that no derivative needs.
 */
@FunctionalInterface
public interface Step {
  /**
   * Runs one step for all lanes.
   *
   * @param parameters θ by name, in the model's data type and on its device; not to be modified
   * @param x lanes × the shape of the inputs; not to be modified
   * @param state s_t by name, lanes × the shape of each array; not to be modified
   */
  StepOutput apply(NamedTensors parameters, Tensor x, NamedTensors state);

  /** A step that behaves differently while training (dropout). */
  @FunctionalInterface
  interface WithMode {
    /**
     * Runs one step for all lanes.
     *
     * @param training whether the tape was opened for training
     * @see Step#apply
     */
    StepOutput apply(NamedTensors parameters, Tensor x, NamedTensors state, boolean training);
  }
}
