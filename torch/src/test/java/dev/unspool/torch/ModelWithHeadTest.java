// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.ModelContract;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.Random;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads over the last m outputs. */
class ModelWithHeadTest {
  private static final int LANES = 2;

  /** A convolution over time and a sum, over the last {@code m} outputs of 3 features. */
  private static TorchModel head(int m) {
    return TorchModel.builder()
        .dtype(ScalarType.Double)
        .inputs(m, 3)
        .outputs(2)
        .parameter("kernel", 2, 3, 2)
        .step(
            (p, frames, s) ->
                StepOutput.of(torch.conv1d(frames.transpose(1, 2), p.get("kernel")).tanh().sum(2L)))
        .build();
  }

  private static ModelWithHead model(int m) {
    var lstm = NetworkAsTorch.of(NetworkSpec.of(Cell.LSTM, 2, 3, 0), ScalarType.Double);
    return new ModelWithHead(lstm, head(m), new MeanSquaredError());
  }

  @Nested
  class Contract extends ModelContract {
    @Override
    protected Model model() {
      return ModelWithHeadTest.model(4);
    }
  }

  @Nested
  class OverABuiltInNetwork extends ModelContract {
    @Override
    protected Model model() {
      return new ModelWithHead(
          new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 0)), head(4), new MeanSquaredError());
    }
  }

  /** The definition by differences: everything before the last k2 steps is held fixed. */
  @ParameterizedTest
  @CsvSource({"1, 4, 4", "1, 6, 3", "2, 4, 4", "3, 2, 4", "1, 9, 4"})
  void theGradientIsTheDerivativeOfTheLoss(int k1, int k2, int m) {
    ModelWithHead model = model(m);
    Parameters theta = model.initialise(new SplitMix64(1));
    int steps = 12;
    Block data = data(new Random(2), steps);
    try (var engine = engine(model, theta, k1, k2, m)) {
      int done = 0;
      while (done < steps) {
        engine.forward(part(data, done, done + k1));
        done += k1;
        double value = engine.sweep().value();
        assertTrue(Double.isFinite(value));
        if (done >= m) {
          check(model, theta, engine.gradient(), data, done, k2, m);
        }
      }
    }
  }

  private static void check(
      ModelWithHead model,
      Parameters theta,
      Gradient gradient,
      Block data,
      int done,
      int k2,
      int m) {
    var random = new Random(5);
    for (var slice : model.parameters().slices()) {
      Parameters up = theta.copy();
      Parameters down = theta.copy();
      double expected = 0;
      for (int i = slice.offset(); i < slice.end(); i++) {
        float move = (float) random.nextGaussian() * 1e-2f;
        up.values()[i] += move;
        down.values()[i] -= move;
        expected += (up.values()[i] - (double) down.values()[i]) * gradient.values()[i];
      }
      double found =
          truncated(model, theta, up, data, done, k2, m)
              - truncated(model, theta, down, data, done, k2, m);
      assertEquals(expected, found, 5e-3 * Math.abs(expected) + 2e-6, slice.name());
    }
  }

  /** The loss where only the newest k2 steps and the head see the moved parameters. */
  private static double truncated(
      ModelWithHead model,
      Parameters theta,
      Parameters moved,
      Block data,
      int done,
      int k2,
      int m) {
    Steps outputs = Steps.allocate(m, LANES, 3);
    State state;
    int cut = Math.max(0, done - k2);
    try (var past = model.open(theta, dev.unspool.model.TapeOptions.inference(LANES))) {
      for (int t = 0; t < cut; t++) {
        past.forward(data.inputs().view(t, t + 1));
        copy(past.outputs(1), outputs, t - (done - m));
      }
      state = past.state();
    }
    try (var last = model.open(moved, dev.unspool.model.TapeOptions.inference(LANES))) {
      last.restore(state);
      for (int t = cut; t < done; t++) {
        last.forward(data.inputs().view(t, t + 1));
        copy(last.outputs(1), outputs, t - (done - m));
      }
    }
    Steps prediction = model.predict(moved, outputs);
    Steps mask = Steps.allocate(1, LANES, 1);
    mask.fill(1);
    return new MeanSquaredError()
        .evaluate(
            prediction, data.targets().view(done - 1, done), mask, Steps.allocate(1, LANES, 2))
        .value();
  }

  private static void copy(Steps from, Steps into, int step) {
    if (step >= 0) {
      into.view(step, step + 1).set(from);
    }
  }

  @Test
  void oneUpdateTrainsBothParts() {
    ModelWithHead model = model(4);
    Parameters theta = model.initialise(new SplitMix64(1));
    Block data = data(new Random(2), 400);
    double first = 0;
    double last = 0;
    try (var engine = engine(model, theta, 1, 6, 4)) {
      for (int t = 0; t < 400; t++) {
        Block step = part(data, t, t + 1);
        // The target is the mean of the last two inputs: part A has to remember, part B to average.
        for (int lane = 0; lane < LANES; lane++) {
          float now = data.inputs().get(t, lane, 0);
          float before = t == 0 ? 0 : data.inputs().get(t - 1, lane, 0);
          step.targets().set(0, lane, 0, now / 2 + before / 2);
          step.targets().set(0, lane, 1, now / 2);
        }
        engine.forward(step);
        double loss = engine.sweep().value();
        first += t < 100 ? loss : 0;
        last += t >= 300 ? loss : 0;
        for (int i = 0; i < theta.values().length; i++) {
          theta.values()[i] -= 0.1f * engine.gradient().values()[i];
        }
        engine.parametersChanged();
      }
    }
    assertTrue(last < 0.7 * first, first + " then " + last);
  }

  /** As output layers often begin: nothing goes back through the zeros, all the more into them. */
  @Test
  void aHeadThatBeginsAsZerosLearns() {
    TorchModel zeros =
        TorchModel.builder()
            .inputs(1, 3)
            .outputs(1)
            .parameter("v", 3, 1)
            .initialiser((theta, random) -> theta.set("v", 0, 0, 0))
            .step((p, x, s) -> StepOutput.of(x.squeeze(1).matmul(p.get("v"))))
            .build();
    var lstm = new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 0));
    var model = new ModelWithHead(lstm, zeros, new MeanSquaredError());
    Parameters theta = model.initialise(new SplitMix64(1));
    Block block = Block.allocate(1, LANES, 2, 1);
    block.inputs().fill(1);
    block.targets().fill(1);
    block.mask().fill(1);
    try (var engine = engine(model, theta, 1, 4, 1)) {
      engine.forward(block);
      engine.sweep();
      for (int i = 0; i < 3; i++) {
        float expected = -2 * engine.outputs(1).get(0, 0, i);
        assertEquals(expected, engine.gradient().get("head.v")[i], 1e-6f);
      }
    }
  }

  @Test
  void aHeadThatDoesNotFitIsRefused() {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 5, 0));
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ModelWithHead(network, head(4), new MeanSquaredError()));
    assertTrue(Messages.of(thrown).contains("12"), Messages.of(thrown));
    assertTrue(Messages.of(thrown).contains("5"), Messages.of(thrown));
  }

  @Test
  void oneModelServesSeveralEngines() {
    ModelWithHead model = model(4);
    Parameters theta = model.initialise(new SplitMix64(1));
    Block data = data(new Random(2), 6);
    try (var alone = engine(model, theta, 1, 6, 4);
        var first = engine(model, theta, 1, 6, 4);
        var second = engine(model, theta, 1, 6, 4)) {
      for (int t = 0; t < 6; t++) {
        alone.forward(part(data, t, t + 1));
        LossValue expected = alone.sweep();
        assertEquals(LANES, expected.weight(), "the newest step counts, not the frames");
        first.forward(part(data, t, t + 1));
        second.forward(part(data, 5 - t, 6 - t));
        second.sweep();
        assertEquals(expected, first.sweep());
        assertArrayEquals(alone.gradient().values(), first.gradient().values());
      }
    }
  }

  @Test
  void theLossOfAnotherModelIsRefused() {
    ModelWithHead model = model(4);
    Parameters theta = model.initialise(new SplitMix64(1));
    var builder = Tbptt.builder(model, theta).truncation(1, 1).loss(model(4).loss());
    var thrown = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(Messages.of(thrown).contains("another model"), Messages.of(thrown));
  }

  @Test
  void aLossOverFewerStepsThanTheHeadReadsIsRefused() {
    ModelWithHead model = model(4);
    Parameters theta = model.initialise(new SplitMix64(1));
    try (var engine = engine(model, theta, 1, 6, 3)) {
      engine.forward(part(data(new Random(2), 1), 0, 1));
      var thrown = assertThrows(IllegalStateException.class, engine::sweep);
      assertTrue(Messages.of(thrown).contains("LossAt.last(4)"), Messages.of(thrown));
    }
  }

  private static Tbptt engine(ModelWithHead model, Parameters theta, int k1, int k2, int m) {
    return Tbptt.builder(model, theta)
        .lanes(LANES)
        .truncation(new Truncation(k1, k2, LossAt.last(m)))
        .loss(model.loss())
        .build();
  }

  private static Block data(Random random, int steps) {
    Block block = Block.allocate(steps, LANES, 2, 2);
    for (Steps part : new Steps[] {block.inputs(), block.targets()}) {
      for (int i = 0; i < part.size(); i++) {
        part.values()[i] = (float) random.nextGaussian();
      }
    }
    return block;
  }

  private static Block part(Block block, int from, int to) {
    return new Block(
        block.inputs().view(from, to),
        block.targets().view(from, to),
        block.mask().view(from, to),
        block.events());
  }
}
