// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * The part of a model that leads from what a step gives to its outputs and on which no later step
 * depends, for example a layer over a large vocabulary. It runs only for steps whose outputs
 * somebody asks for.
 */
@FunctionalInterface
public interface Readout {
  /**
   * Outputs of one step.
   *
   * @param parameters θ by name, as the step ran with it
   * @param output what the step gave, lanes × …
   * @return lanes × … (as many values as the model has outputs)
   */
  Tensor apply(NamedTensors parameters, Tensor output);
}
