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
          "input is %s, the model takes %d lanes × %d features"
              .formatted(inputs, options.lanes(), model.inputs()));
    }
    if (resets.steps() < inputs.steps() || resets.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "resets are of %d steps × %d lanes, the input is %s"
              .formatted(resets.steps(), resets.lanes(), inputs));
    }
  }

  void check(State state) {
    if (!state.layout().equals(model.state()) || state.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "the state is %s for %d lanes, this tape carries %s for %d"
              .formatted(state.layout(), state.lanes(), model.state(), options.lanes()));
    }
  }

  void check(int depth, int held) {
    if (depth < 1 || depth > held) {
      throw new IllegalArgumentException(
          "a sweep of depth %d was asked for; the tape holds %d steps".formatted(depth, held));
    }
  }

  void check(Adjoint adjoint, int depth) {
    int lanes = options.lanes();
    Steps seed = adjoint.outputs();
    if (seed.steps() > depth || seed.lanes() != lanes || seed.features() != model.outputs()) {
      throw new IllegalArgumentException(
          "output gradients are %s, a sweep of depth %d takes at most %d steps × %d lanes × %d"
              .formatted(seed, depth, depth, lanes, model.outputs()));
    }
    if (!adjoint.into().layout().equals(model.parameters())) {
      throw new IllegalArgumentException(
          "the gradient has %d values in the layout of another model, this one has %d"
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
          "sensitivities have room for %s, the sweep is %d steps × %d lanes"
              .formatted(sensitivities.inputs(), depth, lanes));
    }
  }
}
