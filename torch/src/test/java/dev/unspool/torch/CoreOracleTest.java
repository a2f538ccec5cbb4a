// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.GradientReach;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * libtorch's autograd in float64 as the second oracle of the built-in cells: two engines run side
 * by side, over the same data with resets and masks and with the same updates in between, and every
 * loss, gradient, sensitivity and state must agree.
 */
final class CoreOracleTest {
  static Stream<Long> seeds() {
    return Stream.iterate(1L, seed -> seed + 1).limit(40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void coreAgreesWithAutograd(long seed) {
    var random = new Random(seed);
    boolean holds = seed % 3 == 0;
    NetworkSpec spec = spec(random);
    int lanes = 1 + random.nextInt(3);
    var truncation = truncation(random);
    var policy = List.of(WeightPolicy.values()).get(random.nextInt(3));
    String about =
        "seed %s: %s, %s, %s, %s lanes, held now and then: %s"
            .formatted(seed, spec, truncation, policy, lanes, holds);

    Model core = new Network(spec);
    Model torch = NetworkAsTorch.of(spec, ScalarType.Double);
    Parameters theta = core.initialise(random);
    var same = new Parameters(torch.parameters());
    copy(theta, same);
    try (var expected = engine(torch, same, lanes, truncation, policy, holds);
        var actual = engine(core, theta, lanes, truncation, policy, holds)) {
      for (int update = 0; update < 6; update++) {
        while (!expected.sweepIsDue()) {
          var block = block(core, spec, 1 + random.nextInt(expected.stepsToSweep()), lanes, random);
          if (holds) {
            hold(block, random);
          }
          expected.forward(block);
          actual.forward(block);
        }
        var from = new Sensitivities(torch, expected.depth(), lanes);
        var to = new Sensitivities(core, actual.depth(), lanes);
        State ahead = random.nextBoolean() ? ahead(core, lanes, random) : null;
        var seen = new GradientReach(truncation.k2());
        var wanted = new GradientReach(truncation.k2());
        expected.observe(wanted);
        actual.observe(seen);
        assertEquals(
            expected.sweep(ahead, from).value(), actual.sweep(ahead, to).value(), 1e-5, about);
        assertArrayEquals(wanted.norms(), seen.norms(), 1e-5 * (1 + wanted.norms()[0]), about);
        compare(from, to, core, about);
        for (var slice : core.parameters().slices()) {
          assertClose(
              expected.gradient().get(slice.name()),
              actual.gradient().get(slice.name()),
              about + ", " + slice.name());
        }
        for (int i = 0; i < theta.values().length; i++) {
          theta.values()[i] -= 0.3f * actual.gradient().values()[i];
        }
        copy(theta, same);
        expected.parametersChanged();
        actual.parametersChanged();
        for (var array : core.state().arrays()) {
          assertClose(
              expected.state().array(array.name()),
              actual.state().array(array.name()),
              about + ", " + array.name());
        }
      }
    }
  }

  private static void hold(Block block, Random random) {
    for (int step = 0; step < block.steps(); step++) {
      for (int lane = 0; lane < block.lanes(); lane++) {
        if (random.nextInt(3) == 0) {
          block.events().hold(step, lane);
        }
      }
    }
  }

  private static State ahead(Model model, int lanes, Random random) {
    var state = new State(model.state(), lanes);
    for (var array : model.state().arrays()) {
      float[] values = state.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat() - 0.5f;
      }
    }
    return state;
  }

  private static NetworkSpec spec(Random random) {
    Input input =
        switch (random.nextInt(3)) {
          case 0 -> new Input.Numeric(1 + random.nextInt(4));
          case 1 -> new Input.OneHot(4);
          default -> new Input.Embedding(4, 3);
        };
    var cells = List.of(Cell.RNN_TANH, Cell.RNN_RELU, Cell.GRU, Cell.LSTM); // which PyTorch has
    var cell = cells.get(random.nextInt(cells.size()));
    var spec =
        NetworkSpec.of(cell, input, 1 + random.nextInt(5), random.nextInt(3))
            .withLayers(1 + random.nextInt(3));
    return random.nextBoolean() ? spec.withLearnedInitialState() : spec;
  }

  private static Truncation truncation(Random random) {
    LossAt at =
        switch (random.nextInt(3)) {
          case 0 -> LossAt.LAST;
          case 1 -> LossAt.EVERY;
          default -> LossAt.last(1 + random.nextInt(6));
        };
    return new Truncation(1 + random.nextInt(5), 1 + random.nextInt(7), at);
  }

  private static Tbptt engine(
      Model model,
      Parameters theta,
      int lanes,
      Truncation truncation,
      WeightPolicy policy,
      boolean holds) {
    var builder =
        Tbptt.builder(model, theta)
            .lanes(lanes)
            .truncation(truncation)
            .weightPolicy(policy)
            .loss(new Squares())
            .sensitivities();
    return (holds ? builder.holds() : builder).build();
  }

  private static Block block(Model model, NetworkSpec spec, int steps, int lanes, Random random) {
    var block = Block.allocate(steps, lanes, model.inputs(), model.outputs());
    fill(block.targets(), random);
    fill(block.inputs(), random);
    if (!(spec.input() instanceof Input.Numeric)) {
      float[] ids = block.inputs().values();
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(4);
      }
    }
    for (int step = 0; step < steps; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        block.events().set(step, lane, random.nextInt(6) == 0);
        block.mask().set(step, lane, 0, random.nextInt(4) == 0 ? 0 : 1);
      }
    }
    return block;
  }

  private static void fill(Steps steps, Random random) {
    for (int i = 0; i < steps.size(); i++) {
      steps.values()[steps.offset() + i] = (float) random.nextGaussian();
    }
  }

  private static void copy(Parameters from, Parameters into) {
    from.layout().slices().forEach(s -> into.set(s.name(), from.get(s.name())));
  }

  private static void compare(
      Sensitivities expected, Sensitivities actual, Model model, String about) {
    assertClose(expected.inputs().values(), actual.inputs().values(), about + ", inputs");
    for (var array : model.state().arrays()) {
      assertClose(
          expected.state(array.name()).values(),
          actual.state(array.name()).values(),
          about + ", " + array.name());
    }
  }

  private static void assertClose(float[] expected, float[] actual, String about) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
    }
    assertTrue(
        worst <= 1e-5 * Math.max(largest, 0.01),
        about + ": " + Arrays.toString(expected) + " " + Arrays.toString(actual));
  }

  /** Mean of half squares over what the mask leaves. */
  record Squares() implements Loss {
    @Override
    public int targets(int outputs) {
      return outputs;
    }

    @Override
    public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
      double weight = 0;
      for (int i = 0; i < mask.size(); i++) {
        weight += mask.values()[mask.offset() + i];
      }
      double sum = 0;
      for (int i = 0; i < outputs.size(); i++) {
        double m = mask.values()[mask.offset() + i / outputs.features()];
        double e = outputs.values()[outputs.offset() + i] - targets.values()[targets.offset() + i];
        sum += m * e * e / 2;
        gradient.values()[gradient.offset() + i] = (float) (weight == 0 ? 0 : m * e / weight);
      }
      return weight == 0 ? LossValue.NOTHING : new LossValue(sum / weight, weight);
    }
  }
}
