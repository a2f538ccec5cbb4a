// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random numbers inside a step: the same whenever the step is run again, new for each step. */
class DropoutTest {
  private static final int LANES = 2;
  private static final int STEPS = 5;

  private static TorchModel model() {
    return TorchModel.builder()
        .inputs(8)
        .outputs(8)
        .parameter("w", 8, 8)
        .state("h", 8)
        .step(
            (p, x, s, training) -> {
              Tensor h = x.add(s.get("h").matmul(p.get("w"))).tanh();
              return StepOutput.of(h, torch.dropout(h, 0.5, training));
            })
        .build();
  }

  private static TapeOptions options(WeightPolicy policy, long seed) {
    return TapeOptions.training(LANES, STEPS)
        .withOutputWindow(STEPS)
        .withWeightPolicy(policy)
        .withSeed(seed);
  }

  private static Steps inputs(int steps) {
    Steps inputs = Steps.allocate(steps, LANES, 8);
    inputs.fill(0.5f);
    return inputs;
  }

  private static float[] gradient(TorchModel model, Tape tape) {
    var into = new Gradient(model.parameters());
    Steps seed = Steps.allocate(1, LANES, 8);
    seed.fill(1);
    tape.backward(tape.held(), new Adjoint(seed, into));
    return into.values();
  }

  /** Running the window again under unchanged weights changes nothing: the masks are the same. */
  @Test
  void replayDrawsWhatTheStepsDrewBefore() {
    TorchModel model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape tape = model.open(theta, options(WeightPolicy.REPLAY, 7))) {
      tape.forward(inputs(STEPS));
      float[] before = tape.outputs(STEPS).copy().values();
      float[] gradient = gradient(model, tape);
      tape.parametersChanged();
      assertArrayEquals(before, tape.outputs(STEPS).copy().values());
      assertArrayEquals(gradient, gradient(model, tape));
    }
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aLoadedTapeGoesOnWithTheSameDraws(WeightPolicy policy) {
    TorchModel model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    try (Tape straight = model.open(theta, options(policy, 7));
        Tape loaded = model.open(theta, options(policy, 7))) {
      straight.forward(inputs(3));
      theta.values()[0] += 0.1f;
      straight.parametersChanged();
      var snapshot = new Snapshot();
      straight.save(snapshot);
      torch.manual_seed(99);
      loaded.load(snapshot);
      straight.forward(inputs(2));
      torch.manual_seed(100);
      loaded.forward(inputs(2));
      assertArrayEquals(
          straight.outputs(STEPS).copy().values(), loaded.outputs(STEPS).copy().values());
      assertArrayEquals(gradient(model, straight), gradient(model, loaded));
    }
  }

  /** Steps that give what they are given, and a readout that draws, as the step itself does. */
  private static TorchModel readoutModel() {
    return TorchModel.builder()
        .inputs(8)
        .outputs(8)
        .parameter("w", 8)
        .state("mask", 8)
        .step(
            (p, x, s, training) ->
                StepOutput.of(x.mul(p.get("w")), torch.dropout(torch.ones_like(x), 0.5, training)))
        .readout((p, y) -> torch.dropout(y, 0.5, true))
        .build();
  }

  private static Parameters ones(TorchModel model) {
    var theta = new Parameters(model.parameters());
    Arrays.fill(theta.values(), 1);
    return theta;
  }

  @Test
  void aReadoutDrawsTheSameInBlocksOfAnyLength() {
    TorchModel model = readoutModel();
    Parameters theta = ones(model);
    try (Tape block = model.open(theta, options(WeightPolicy.AS_APPLIED, 7));
        Tape single = model.open(theta, options(WeightPolicy.AS_APPLIED, 7))) {
      block.forward(inputs(STEPS));
      Steps outputs = block.outputs(STEPS).copy();
      for (int step = 0; step < STEPS; step++) {
        single.forward(inputs(1));
        assertArrayEquals(
            outputs.view(step, step + 1).copy().values(), single.outputs(1).copy().values());
        assertFalse(
            Arrays.equals(
                zeros(single.outputs(1).copy().values()), zeros(single.state().array("mask"))),
            "not what the step drew");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aReadoutThatIsEvaluatedAgainDrawsTheSame(WeightPolicy policy) {
    TorchModel model = readoutModel();
    Parameters theta = ones(model);
    try (Tape tape = model.open(theta, options(policy, 7));
        Tape loaded = model.open(theta, options(policy, 7))) {
      tape.forward(inputs(STEPS));
      float[] gradient = gradient(model, tape);
      float[] outputs = tape.outputs(STEPS).copy().values();
      var snapshot = new Snapshot();
      tape.save(snapshot);
      loaded.load(snapshot);
      torch.manual_seed(99);
      assertArrayEquals(gradient, gradient(model, loaded));
      torch.manual_seed(100);
      assertArrayEquals(outputs, loaded.outputs(STEPS).copy().values());
      tape.parametersChanged();
      assertArrayEquals(outputs, tape.outputs(STEPS).copy().values());
      assertArrayEquals(gradient, gradient(model, tape));
    }
  }

  @Test
  void stepsSeedsAndModesDiffer() {
    TorchModel model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    float[] first = states(model, theta, options(WeightPolicy.AS_APPLIED, 7), 1);
    float[] second = states(model, theta, options(WeightPolicy.AS_APPLIED, 7), 2);
    float[] other = states(model, theta, options(WeightPolicy.AS_APPLIED, 8), 1);
    float[] inference = states(model, theta, TapeOptions.inference(LANES), 1);
    assertFalse(Arrays.equals(zeros(first), zeros(second)));
    assertFalse(Arrays.equals(zeros(first), zeros(other)));
    assertArrayEquals(new boolean[first.length], zeros(inference));
  }

  private static float[] states(
      TorchModel model, Parameters theta, TapeOptions options, int steps) {
    try (Tape tape = model.open(theta, options)) {
      tape.forward(inputs(steps));
      return tape.state().array("h").clone();
    }
  }

  private static boolean[] zeros(float[] values) {
    var zeros = new boolean[values.length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = values[i] == 0;
    }
    return zeros;
  }
}
