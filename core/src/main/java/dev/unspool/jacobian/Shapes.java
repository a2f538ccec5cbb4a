// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Steps;

/** Refuses arguments that do not belong together. */
final class Shapes {
  private Shapes() {}

  static void check(Model model, double[] theta, Steps inputs, LaneEvents events, Steps mask) {
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
    if (events.steps() != inputs.steps()
        || events.lanes() != inputs.lanes()
        || mask.steps() != inputs.steps()
        || mask.lanes() != inputs.lanes()
        || mask.features() != 1) {
      throw new IllegalArgumentException(
          "inputs are %s, events %s steps × %s lanes, the mask %s; steps and lanes must agree"
              .formatted(inputs, events.steps(), events.lanes(), mask));
    }
    if (events.anyHeld(inputs.steps())) {
      throw new IllegalArgumentException(
          "a lane is held, and derivatives of every step are of lanes that make each of them; leave the"
              + " steps that it does not make out");
    }
  }
}
