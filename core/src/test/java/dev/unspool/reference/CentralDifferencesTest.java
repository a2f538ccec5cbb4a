// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Derivatives of every cell against {@code (f(θ + ε) − f(θ − ε)) / 2ε} of the float64 forward pass,
 * for which no derivative of ours is needed: the reference to 1e-6, the engine to 1e-5. The
 * reference uses no kernels, so that one of the two runs of the suite takes its differences; the
 * engine is compared with it in both.
 */
class CentralDifferencesTest {
  private static final int STEPS = 6;
  private static final int LANES = 2;

  /** Small enough for no rectifier to bend in between. θ is float32: what was added is measured. */
  private static final float EPSILON = 0x1p-14f;

  private static final boolean DIFFERENCES =
      !System.getProperty("unspool.kernels", "").equals("simd");

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void numericInput(Cell cell) {
    var spec = NetworkSpec.of(cell, 3, 4, 2).withLayers(2).withLearnedInitialState();
    check(new Network(spec));
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void tiedEmbedding(Cell cell) {
    var input = new Input.Embedding(3, cell.outputs(4));
    var spec = NetworkSpec.of(cell, input, 4, 3).withTiedOutput();
    check(new Network(spec));
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void oneHotAndNoOutputLayer(Cell cell) {
    check(new Network(NetworkSpec.of(cell, new Input.OneHot(3), 4, 0)));
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void stack(Cell cell) {
    check(
        new Network(
            NetworkSpec.of(cell, 2, 3, 1)
                .withTaps(0, 2)
                .withProjection(4)
                .withLayer(Cell.GRU, 5)
                .withResiduals()
                .withNormalisation()
                .withSkips()
                .withHead(4)));
  }

  /** k2 = T: the whole sequence, one lane of which begins again in the middle. */
  private static void check(Network network) {
    var random = new SplitMix64(11);
    Parameters theta = network.initialise(random);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] += (float) random.nextDouble(-0.2, 0.2);
    }
    Block block = block(network, random);
    ReferenceTape reference = run(network, theta, block);
    var expected = reference.sweep(STEPS, block.targets(), block.mask());
    if (DIFFERENCES) {
      checkReference(network, theta, block, expected.gradient());
    }
    for (int k2 : new int[] {STEPS, STEPS + 3}) {
      try (var engine =
          Tbptt.builder(network, theta)
              .truncation(new Truncation(STEPS, k2))
              .loss(new SquaredError())
              .lanes(LANES)
              .build()) {
        engine.forward(block);
        assertEquals(expected.value(), engine.sweep().value(), 1e-5 * expected.value());
        Close.gradient(
            network.parameters(), engine.gradient().values(), expected, 1e-5, () -> "k2 = " + k2);
      }
    }
  }

  private static void checkReference(
      Network network, Parameters theta, Block block, double[] gradient) {
    for (var slice : network.parameters().slices()) {
      for (int i = slice.offset(); i < slice.end(); i++) {
        double numeric = derivative(network, theta, block, i, EPSILON);
        if (Math.abs(numeric - gradient[i]) > 1e-6) {
          // Without the third derivative, which is large where a phase is raised to powers.
          numeric = (4 * derivative(network, theta, block, i, EPSILON / 2) - numeric) / 3;
        }
        assertEquals(numeric, gradient[i], 1e-6, slice.name());
      }
    }
  }

  private static double derivative(
      Network network, Parameters theta, Block block, int i, float epsilon) {
    float value = theta.values()[i];
    theta.values()[i] = value + epsilon;
    double width = theta.values()[i];
    double above = loss(run(network, theta, block), block);
    theta.values()[i] = value - epsilon;
    width -= theta.values()[i];
    double below = loss(run(network, theta, block), block);
    theta.values()[i] = value;
    return (above - below) / width;
  }

  private static double loss(ReferenceTape tape, Block block) {
    List<Graph.Node[][]> outputs = new ArrayList<>();
    var graph = new Graph();
    for (int age = STEPS - 1; age >= 0; age--) {
      double[][] values = tape.outputs(age);
      Graph.Node[][] lanes = new Graph.Node[LANES][values[0].length];
      for (int lane = 0; lane < LANES; lane++) {
        for (int f = 0; f < lanes[lane].length; f++) {
          lanes[lane][f] = graph.leaf(values[lane][f]);
        }
      }
      outputs.add(lanes);
    }
    var nodes = outputs.toArray(Graph.Node[][][]::new);
    return SquaredError.of(graph, nodes, block.targets(), block.mask()).value();
  }

  private static ReferenceTape run(Network network, Parameters theta, Block block) {
    var tape = new ReferenceTape(network, theta, WeightPolicy.AS_APPLIED, LANES, STEPS);
    for (int t = 0; t < STEPS; t++) {
      double[][] inputs = new double[LANES][network.inputs()];
      boolean[] resets = new boolean[LANES];
      for (int lane = 0; lane < LANES; lane++) {
        resets[lane] = block.events().begins(t, lane);
        for (int f = 0; f < network.inputs(); f++) {
          inputs[lane][f] = block.inputs().get(t, lane, f);
        }
      }
      tape.forward(inputs, resets, null);
    }
    return tape;
  }

  private static Block block(Network network, RandomGenerator random) {
    var block = Block.allocate(STEPS, LANES, network.inputs(), network.outputs());
    fill(block.targets(), random);
    fill(block.inputs(), random);
    if (!(network.spec().input() instanceof Input.Numeric)) {
      for (int i = 0; i < block.inputs().size(); i++) {
        block.inputs().values()[i] = random.nextInt(3);
      }
    }
    block.mask().set(1, 0, 0, 0.5f);
    block.mask().set(2, 1, 0, 0);
    block.events().set(3, 1, true);
    return block;
  }

  private static void fill(Steps steps, RandomGenerator random) {
    for (int i = 0; i < steps.size(); i++) {
      steps.values()[i] = (float) random.nextGaussian();
    }
  }
}
