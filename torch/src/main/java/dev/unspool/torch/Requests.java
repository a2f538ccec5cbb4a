// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Resets;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;

/**
 * Whether what is asked of a tape fits its model and its options.
 *
 * @param model of the tape
 * @param options of the tape
 */
record Requests(TorchModel model, TapeOptions options) {
  void check(Steps inputs, Resets resets) {
    if (inputs.features() != model.inputs() || inputs.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "input is %s, the model takes %s lanes × %s features"
              .formatted(inputs, options.lanes(), model.inputs()));
    }
    if (resets.steps() < inputs.steps() || resets.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "resets are of %s steps × %s lanes, the input is %s"
              .formatted(resets.steps(), resets.lanes(), inputs));
    }
  }

  void check(State state) {
    if (!state.layout().equals(model.state()) || state.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "the state is %s for %s lanes, this tape carries %s for %s"
              .formatted(state.layout(), state.lanes(), model.state(), options.lanes()));
    }
  }

  void check(int depth, int held) {
    if (depth < 1 || depth > held) {
      throw new IllegalArgumentException(
          "a sweep of depth %s was asked for; the tape holds %s steps".formatted(depth, held));
    }
  }

  void check(Adjoint adjoint, int depth) {
    int lanes = options.lanes();
    Steps seed = adjoint.outputs();
    if (seed.steps() > depth || seed.lanes() != lanes || seed.features() != model.outputs()) {
      throw new IllegalArgumentException(
          "output gradients are %s, a sweep of depth %s takes at most %s steps × %s lanes × %s"
              .formatted(seed, depth, depth, lanes, model.outputs()));
    }
    if (!adjoint.into().layout().equals(model.parameters())) {
      throw new IllegalArgumentException(
          "the gradient has %s values in the layout of another model, this one has %s"
              .formatted(adjoint.into().layout().size(), model.parameters().size()));
    }
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities == null) {
      return;
    }
    if (!options.sensitivities()) {
      throw new IllegalStateException(
          "sensitivities were asked for; open the tape with TapeOptions.withSensitivities()");
    }
    if (sensitivities.depth() != depth || sensitivities.inputs().lanes() != lanes) {
      throw new IllegalArgumentException(
          "sensitivities have room for %s, the sweep is %s steps × %s lanes"
              .formatted(sensitivities.inputs(), depth, lanes));
    }
  }
}
