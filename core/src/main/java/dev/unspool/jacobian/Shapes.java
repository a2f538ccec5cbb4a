// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.Model;
import dev.unspool.model.Resets;
import dev.unspool.model.Steps;

/** Refuses arguments that do not belong together. */
final class Shapes {
  private Shapes() {}

  static void check(Model model, double[] theta, Steps inputs, Resets resets, Steps mask) {
    if (theta.length != model.parameters().size()) {
      throw new IllegalArgumentException(
          "the model has %s parameters, found %s"
              .formatted(model.parameters().size(), theta.length));
    }
    if (inputs.features() != model.inputs()) {
      throw new IllegalArgumentException(
          "the inputs have %s features, the model takes %s"
              .formatted(inputs.features(), model.inputs()));
    }
    if (resets.steps() != inputs.steps()
        || resets.lanes() != inputs.lanes()
        || mask.steps() != inputs.steps()
        || mask.lanes() != inputs.lanes()
        || mask.features() != 1) {
      throw new IllegalArgumentException(
          "inputs are %s, resets %s steps × %s lanes, the mask %s; steps and lanes must agree"
              .formatted(inputs, resets.steps(), resets.lanes(), mask));
    }
  }
}
