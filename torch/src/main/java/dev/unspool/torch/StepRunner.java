// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

import dev.unspool.model.TapeOptions;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Runs a user's step function forwards, recording its graph, and checks what it returns. */
final class StepRunner {
  /** Keeps what a readout draws apart from what its step has drawn; libtorch uses the low half. */
  private static final long READOUT = 0xD1B54A32D192ED03L;

  private final TorchModel model;
  private final TapeOptions options;
  private final HostArrays arrays;
  private final List<StateArray> states;
  private final List<String> stateNames;
  private final int lanes;
  private final long[] inputShape;

  StepRunner(TorchModel model, TapeOptions options) {
    this.model = model;
    this.options = options;
    this.arrays = new HostArrays(model.type(), model.device());
    this.states = model.stateArrays();
    this.stateNames = states.stream().map(StateArray::name).toList();
    this.lanes = options.lanes();
    this.inputShape = Shapes.batched(lanes, model.inputShape());
  }

  HostArrays arrays() {
    return arrays;
  }

  /** The input of a step as a leaf; kept. */
  Tensor input(float[] values, int offset) {
    try (var _ = new PointerScope()) {
      return keep(arrays.tensor(values, offset, lanes * model.inputs(), inputShape));
    }
  }

  /**
   * Runs one step.
   *
   * @param input kept, goes over to the step
   * @param carried state after the step before; not modified
   * @param resets lanes that begin with this step
   */
  TapeStep run(
      long number, Tensor input, Tensor[] carried, boolean[] resets, Leaves leaves, float[] theta) {
    try (var _ = new PointerScope();
        var _ = new AutoGradMode(true)) {
      if (options.sensitivities() && !input.requires_grad()) {
        input.set_requires_grad(true);
      }
      leaves.enter(options.training());
      var entering = new Tensor[carried.length];
      for (int i = 0; i < entering.length; i++) {
        entering[i] = enter(states.get(i), carried[i], resets, leaves);
      }
      StepOutput result = call(number, input, entering, leaves);
      check(number, result);
      var next = new Tensor[entering.length];
      Arrays.setAll(next, i -> keep(result.state().get(i)));
      Arrays.setAll(entering, i -> keep(entering[i]));
      return new TapeStep(
          number, leaves, theta, resets, input, entering, keep(result.output()), next);
    }
  }

  private Tensor enter(StateArray array, Tensor carried, boolean[] resets, Leaves leaves) {
    Tensor entering = carried.detach();
    boolean copied = false;
    for (int lane = 0; lane < lanes; lane++) {
      if (resets[lane]) {
        if (!copied) {
          entering = entering.clone();
          copied = true;
        }
        Tensor row = entering.select(0, lane);
        if (array.initial() == null) {
          row.zero_();
        } else {
          row.copy_(leaves.value(array.initial()));
        }
      }
    }
    if (array.differentiable()) {
      entering = entering.detach();
      entering.set_requires_grad(true);
    } else if (!copied) {
      entering = entering.clone(); // autograd would not object if the step wrote into it
    }
    return entering;
  }

  private StepOutput call(long number, Tensor input, Tensor[] entering, Leaves leaves) {
    seed(number, 0);
    long[] buffers = model.modules().versions();
    StepOutput result;
    try {
      result =
          model
              .step()
              .apply(
                  leaves.named(),
                  input,
                  new NamedTensors(stateNames, List.of(entering)),
                  options.training());
    } catch (RuntimeException e) {
      throw StepException.of(number, "the step function failed", e);
    }
    checkBuffers(number, "the step", buffers);
    return result;
  }

  /** What a step draws depends on its number alone, whenever it runs and whatever ran before. */
  private void seed(long number, long of) {
    if (options.training()) {
      torch.manual_seed((options.seed() * 0x9E3779B97F4A7C15L + number) ^ of);
    }
  }

  private void checkBuffers(long number, String what, long[] before) {
    String changed = model.modules().changed(before);
    if (changed != null) {
      throw new StepException(
          number,
          ("%s has written to the buffer '%s' of its module, and neither the parameters nor a checkpoint have it:"
                  + " use layer or group norm, batch norm without track_running_stats or with eval() called in"
                  + " the step, or carry it as a state")
              .formatted(what, changed));
    }
  }

  private void check(long number, @Nullable StepOutput result) {
    if (result == null) {
      throw new StepException(number, "the step returned null; return StepOutput.of(y, state…)");
    }
    checkPlace(number, "the output", result.output());
    checkFloating(number, "the output", result.output());
    long[] shape = Shapes.of(result.output());
    if (shape.length == 0
        || shape[0] != lanes
        || (model.readout() == null && !hasOutputs(result.output()))) {
      throw new StepException(
          number,
          "the output is %s, expected %s lanes first and %s values in each"
              .formatted(Shapes.describe(result.output()), lanes, model.outputs()));
    }
    if (result.state().size() != states.size()) {
      throw new StepException(
          number,
          "the step returned %s state tensors, the model carries %s: %s"
              .formatted(result.state().size(), states.size(), stateNames));
    }
    for (int i = 0; i < states.size(); i++) {
      check(number, states.get(i), result.state().get(i));
    }
    checkNan(number, "the output", result.output());
  }

  private boolean hasOutputs(Tensor output) {
    return output.size(0) == lanes && output.numel() == (long) lanes * model.outputs();
  }

  private void check(long number, StateArray array, Tensor next) {
    String what = "state '%s'".formatted(array.name());
    checkPlace(number, what, next);
    if (next.scalar_type().intern() != array.type()
        || !Arrays.equals(Shapes.of(next), array.batched(lanes))) {
      throw new StepException(
          number,
          "%s came back as %s, expected %s"
              .formatted(what, Shapes.describe(next), array.describe(lanes)));
    }
    if (array.differentiable()) {
      checkNan(number, what, next);
    }
  }

  private static void checkFloating(long number, String what, Tensor tensor) {
    if (!StateArray.isFloating(tensor.scalar_type().intern())) {
      throw new StepException(
          number,
          "%s is %s, and no derivative goes through that; return floating-point numbers"
              .formatted(what, Shapes.describe(tensor)));
    }
  }

  private void checkPlace(long number, String what, @Nullable Tensor tensor) {
    if (tensor == null || tensor.isNull() || !tensor.defined()) {
      throw new StepException(
          number,
          what
              + " is an empty or closed tensor; return a tensor that was made in this step and not closed");
    }
    if (!Devices.same(tensor.device(), model.device())) {
      throw new StepException(
          number,
          "%s is on %s, the model on %s; move it with to(Device, ScalarType)"
              .formatted(
                  what, tensor.device().str().getString(), model.device().str().getString()));
    }
  }

  private void checkNan(long number, String what, Tensor tensor) {
    if (model.checked() && tensor.detach().isnan().any().item_bool()) {
      throw new StepException(
          number,
          what
              + " has NaN in it: look at the input of this step, or lower the learning rate and clip the gradient");
    }
  }

  /** The output that the engine sees, which is evaluated when it is first asked for. */
  Tensor readout(TapeStep step) {
    Tensor known = step.readout();
    if (known != null) {
      return known;
    }
    Readout readout = model.readout();
    if (readout == null) {
      return step.output;
    }
    try (var _ = new PointerScope();
        var _ = new AutoGradMode(true)) {
      step.leaves.enter(options.training());
      seed(step.number, READOUT);
      long[] buffers = model.modules().versions();
      Tensor result;
      try {
        result = readout.apply(step.leaves.named(), step.output);
      } catch (RuntimeException e) {
        throw StepException.of(step.number, "the readout failed", e);
      }
      checkBuffers(step.number, "the readout", buffers);
      checkPlace(step.number, "the readout", result);
      checkFloating(step.number, "the readout", result);
      if (!hasOutputs(result)) {
        throw new StepException(
            step.number,
            "the readout is %s, expected %s lanes first and %s values in each"
                .formatted(Shapes.describe(result), lanes, model.outputs()));
      }
      checkNan(step.number, "the readout", result);
      Tensor kept = keep(result);
      step.readout(kept);
      return kept;
    }
  }
}
