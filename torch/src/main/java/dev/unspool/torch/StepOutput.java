// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What one step gives.
 *
 * @param output y_t, lanes × … (as many values as the model has outputs)
 * @param state s_{t+1}: as many tensors, in the same order and of the same shapes, as the model's
 *     state has arrays
 */
public record StepOutput(Tensor output, List<Tensor> state) {
  /** Copies the list. */
  public StepOutput {
    state = List.copyOf(state);
  }

  /** An output and the tensors of the next state in their order. */
  public static StepOutput of(Tensor output, Tensor... state) {
    return new StepOutput(output, List.of(state));
  }
}
