// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BatchNorm1dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Existing modules: their modes, buffers and names, and how long they live. */
class ModulesTest {
  private static final int LANES = 4;
  private static final int WIDTH = 3;
  private static final int CAPACITY = 4;

  @BeforeAll
  static void load() {
    LibTorch.load();
  }

  private static Module holding(String name, Module part) {
    var module = new Module();
    module.register_module(name, part);
    return module;
  }

  private static TorchModel.Builder builder() {
    return TorchModel.builder().inputs(WIDTH).outputs(WIDTH).state("h", WIDTH);
  }

  private static Steps inputs(int steps) {
    var random = new Random(steps);
    Steps inputs = Steps.allocate(steps, LANES, WIDTH);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = (float) random.nextGaussian();
    }
    return inputs;
  }

  private static float[] gradient(TorchModel model, Tape tape) {
    var into = new Gradient(model.parameters());
    Steps seed = Steps.allocate(1, LANES, WIDTH);
    seed.fill(1);
    tape.backward(tape.held(), new Adjoint(seed, into));
    return into.values();
  }

  private static TapeOptions training() {
    return TapeOptions.training(LANES, CAPACITY);
  }

  private static List<String> names(ParameterLayout layout) {
    return layout.slices().stream().map(ParameterLayout.Slice::name).toList();
  }

  @Test
  void everyModuleIsSwitchedBetweenTrainingAndInference() {
    var first = new LinearImpl(WIDTH, WIDTH);
    var second = new LinearImpl(WIDTH, WIDTH);
    var modes = new ArrayList<List<Boolean>>();
    TorchModel model =
        builder()
            .module(holding("first", first))
            .module(holding("second", second))
            .step(
                (p, x, s) -> {
                  modes.add(List.of(first.is_training(), second.is_training()));
                  Tensor h = first.forward(x.add(s.get("h"))).tanh();
                  return StepOutput.of(second.forward(h), h);
                })
            .build();
    Parameters theta = model.initialise(new SplitMix64(1));
    for (TapeOptions options :
        List.of(TapeOptions.inference(LANES), training(), TapeOptions.inference(LANES))) {
      try (Tape tape = model.open(theta, options)) {
        tape.forward(inputs(1));
      }
    }
    assertEquals(List.of(List.of(false, false), List.of(true, true), List.of(false, false)), modes);
  }

  /** A batch norm after a layer, by whatever comes before its part of the step. */
  private static TorchModel normalised(BatchNorm1dImpl norm, Runnable before) {
    torch.manual_seed(2);
    var layer = new LinearImpl(WIDTH, WIDTH);
    Module module = holding("layer", layer);
    module.register_module("norm", norm);
    return builder()
        .module(module)
        .step(
            (p, x, s) -> {
              before.run();
              Tensor h = norm.forward(layer.forward(x.add(s.get("h"))));
              return StepOutput.of(h, h);
            })
        .build();
  }

  @Test
  void aStepThatWritesToABufferIsRefused() {
    TorchModel model = normalised(new BatchNorm1dImpl(new BatchNormOptions(WIDTH)), () -> {});
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape tape = model.open(theta, training())) {
      var thrown = assertThrows(StepException.class, () -> tape.forward(inputs(1)));
      String message = Messages.of(thrown);
      assertTrue(message.startsWith("step 1: the step has written to the buffer 'norm."), message);
      assertTrue(message.contains("track_running_stats"), message);
      assertEquals(1, message.lines().count(), message);
    }
    try (Tape tape = model.open(theta, TapeOptions.inference(LANES))) {
      tape.forward(inputs(2));
    }
  }

  @Test
  void aReadoutThatWritesToABufferIsRefused() {
    var module = new Module();
    Tensor count = module.register_buffer("count", torch.zeros(1));
    TorchModel model =
        builder()
            .parameter("w", WIDTH)
            .module(module)
            .step((p, x, s) -> StepOutput.of(x.mul(p.get("w")), x))
            .readout(
                (p, y) -> {
                  count.add_(torch.ones(1));
                  return y;
                })
            .build();
    try (Tape tape = model.open(model.initialise(new SplitMix64(1)), training())) {
      tape.forward(inputs(1));
      var thrown = assertThrows(StepException.class, () -> tape.outputs(1));
      String message = Messages.of(thrown);
      assertTrue(message.contains("the readout has written to the buffer 'count'"), message);
    }
  }

  /** What the message above says instead; and a buffer that is only read. */
  @Test
  void buffersThatNobodyWritesToAreConstants() {
    var untracked = new BatchNormOptions(WIDTH);
    untracked.track_running_stats().put(false);
    var trained = new BatchNorm1dImpl(new BatchNormOptions(WIDTH));
    trained.running_mean().fill_(new Scalar(0.5f));
    for (TorchModel model :
        List.of(
            normalised(new BatchNorm1dImpl(untracked), () -> {}),
            normalised(trained, trained::eval))) {
      Parameters theta = model.initialise(new SplitMix64(1));
      try (Tape tape = model.open(theta, training());
          Tape loaded = model.open(theta, training())) {
        tape.forward(inputs(6));
        var snapshot = new Snapshot();
        tape.save(snapshot);
        loaded.load(snapshot);
        tape.forward(inputs(2));
        loaded.forward(inputs(2));
        assertArrayEquals(tape.outputs(1).copy().values(), loaded.outputs(1).copy().values());
        assertArrayEquals(gradient(model, tape), gradient(model, loaded));
      }
    }
  }

  /** It has no version that could be looked at. */
  @Test
  void aBufferOfInferenceModeIsAConstant() {
    var module = new Module("shifted");
    Tensor shift;
    try (var _ = new InferenceMode(true)) {
      shift = module.register_buffer("shift", torch.ones(WIDTH));
    }
    Step step =
        (p, x, s) -> {
          Tensor h = x.add(s.get("h")).add(shift).tanh();
          return StepOutput.of(h, h);
        };
    TorchModel model = builder().module(module).step(step).build();
    try (Tape tape = model.open(model.initialise(new SplitMix64(1)), training())) {
      tape.forward(inputs(2));
      assertEquals(2, tape.held());
    }
  }

  @Test
  void aParameterOfTwoNamesIsOne() {
    var shared = new LinearImpl(WIDTH, WIDTH);
    Module twice = holding("a", shared);
    twice.register_module("b", shared);
    Step step =
        (p, x, s) -> {
          Tensor h = shared.forward(shared.forward(x.add(s.get("h")))).tanh();
          return StepOutput.of(h, h);
        };
    TorchModel model = builder().module(twice).module(holding("c", shared)).step(step).build();
    assertEquals(List.of("a.weight", "a.bias"), names(model.parameters()));
    TorchModel once = builder().module(shared).step(step).build();
    assertEquals(List.of("weight", "bias"), names(once.parameters()));
    Parameters theta = model.initialise(new SplitMix64(1));
    Parameters same = once.initialise(new SplitMix64(1));
    assertArrayEquals(theta.values(), same.values());
    try (Tape tape = model.open(theta, training());
        Tape other = once.open(same, training())) {
      tape.forward(inputs(3));
      float[] found = gradient(model, tape);
      other.forward(inputs(3));
      assertArrayEquals(gradient(once, other), found);
    }
  }

  /** Whoever makes models may clean up after themselves. */
  @Test
  void aModelOutlivesTheScopeThatItWasBuiltIn() {
    TorchModel model;
    Parameters theta;
    Tape tape;
    try (var _ = new PointerScope()) {
      var layer = new LinearImpl(WIDTH, WIDTH);
      layer.retainReference();
      model =
          builder()
              .module(holding("layer", layer))
              .learnedState("g", WIDTH)
              .step(
                  (p, x, s) -> {
                    Tensor h = layer.forward(x.add(s.get("h")).add(s.get("g"))).tanh();
                    return StepOutput.of(h, h, h);
                  })
              .build();
      theta = model.initialise(new SplitMix64(1));
      tape = model.open(theta, training());
    }
    try (tape;
        Tape later = model.open(theta, training())) {
      tape.forward(inputs(3));
      float[] expected = gradient(model, tape);
      later.forward(inputs(3));
      assertArrayEquals(expected, gradient(model, later));
      assertFalse(names(model.parameters()).isEmpty());
    }
  }

  @Test
  void aModelWithoutParametersRuns() {
    TorchModel model =
        builder().step((p, x, s) -> StepOutput.of(x.add(s.get("h")), x.add(s.get("h")))).build();
    TorchModel memoryless =
        TorchModel.builder()
            .inputs(WIDTH)
            .outputs(WIDTH)
            .step((p, x, s) -> StepOutput.of(x.neg()))
            .build();
    for (TorchModel each : List.of(model, memoryless)) {
      Parameters theta = each.initialise(new SplitMix64(1));
      try (Tape tape = each.open(theta, training())) {
        tape.forward(inputs(6));
        tape.parametersChanged();
        tape.forward(inputs(1));
        assertArrayEquals(new float[0], gradient(each, tape));
      }
    }
  }
}
