// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to a Jacobian against central differences in float64, and against each other. */
class SequenceJacobianTest {
  private static final int STEPS = 90; // more than one batch

  private final SplitMix64 random = new SplitMix64(7);

  private double[] gaussian(int count, double scale) {
    double[] values = new double[count];
    Arrays.setAll(values, _ -> scale * random.nextGaussian());
    return values;
  }

  private static SignalGraph network(Cell cell, int layers, int outputs, boolean learned) {
    var spec = NetworkSpec.of(cell, 2, 3, outputs).withLayers(layers);
    return NetworkGraph.of(new Network(learned ? spec.withLearnedInitialState() : spec)).graph();
  }

  /** Two tanh layers and a linear one with delays 0 to 3 between all of them. */
  private static SignalGraph delays() {
    var first =
        List.of(
            Connection.dense(Connection.INPUT, 2, 1, false, 0),
            Connection.dense(Connection.INPUT, 2, 3, false, 6),
            Connection.dense(0, 3, 1, false, 12),
            Connection.dense(1, 2, 2, false, 21),
            Connection.dense(2, 1, 1, false, 27),
            Connection.dense(2, 1, 3, false, 30));
    var second =
        List.of(Connection.dense(0, 3, 0, false, 33), Connection.dense(2, 1, 2, false, 39));
    var third = List.of(Connection.dense(1, 2, 0, false, 41), Connection.dense(2, 1, 1, false, 43));
    return new SignalGraph(
        2,
        List.of(
            new Layer(Unit.TANH, 3, first, List.of(44), List.of(), 0, 0, -1),
            new Layer(Unit.TANH, 2, second, List.of(47), List.of(), 0, 0, -1),
            new Layer(Unit.LINEAR, 1, third, List.of(49), List.of(), 3, 50, -1)),
        53);
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void bothWaysAgreeWithCentralDifferences(Cell cell) {
    checkUntruncated(network(cell, 1, 2, true));
    checkUntruncated(network(cell, 2, 1, true));
    checkUntruncated(network(cell, 2, 0, false));
  }

  @Test
  void delaysOfAllKindsAgreeWithCentralDifferences() {
    checkUntruncated(delays());
  }

  private void checkUntruncated(SignalGraph graph) {
    double[] theta = gaussian(graph.parameters(), 0.4);
    double[] inputs = gaussian(STEPS * graph.inputs(), 1);
    var initial = new InitialConditions(graph);
    double[][] expected = differences(graph, theta, initial, inputs, STEPS);
    var weights = new Weights(graph);
    weights.set(theta);
    var history = new History(graph, weights, STEPS);
    history.begin(initial);
    history.append(inputs, 0, STEPS, 0);
    var forward = new ForwardAccumulation(graph);
    forward.begin();
    int outputs = graph.outputs();
    double[][] jacobian = new double[STEPS][outputs * graph.parameters()];
    var backward = new LagJacobian(graph, STEPS, STEPS);
    for (int t = 0; t < STEPS; t++) {
      double[][] rows = forward.step(history, t);
      for (int o = 0; o < outputs; o++) {
        close(expected[t * outputs + o], rows[o], 1e-6, "forwards, step " + t);
      }
    }
    for (int first : new int[] {0, 50}) {
      int count = STEPS - first;
      backwards(backward, history, first, count, jacobian);
      for (int t = first; t < STEPS; t++) {
        for (int o = 0; o < outputs; o++) {
          double[] row = component(graph, jacobian[t - first], o);
          close(expected[t * outputs + o], row, 1e-6, "backwards, step " + t);
        }
      }
    }
    forward.begin();
    backwards(backward, history, 0, STEPS, jacobian);
    for (int t = 0; t < STEPS; t++) {
      double[] row = component(graph, jacobian[t], 0);
      close(forward.step(history, t)[0], row, 1e-10, "both, step " + t);
    }
  }

  private static void backwards(
      LagJacobian backward, History history, long first, int count, double[][] jacobian) {
    for (int o = 0; o < history.graph.outputs(); o++) {
      backward.sweep(history, first, count, o, null);
    }
    backward.derivatives(history, first, 0, count, jacobian);
  }

  private static double[] component(SignalGraph graph, double[] jacobian, int o) {
    int parameters = graph.parameters();
    return Arrays.copyOfRange(jacobian, o * parameters, (o + 1) * parameters);
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void truncationCutsTheGraph(Cell cell) {
    for (int depth : new int[] {1, 2, 17, 40}) {
      var graph = network(cell, 2, 1, true);
      double[] theta = gaussian(graph.parameters(), 0.4);
      double[] inputs = gaussian(STEPS * 2, 1);
      var weights = new Weights(graph);
      weights.set(theta);
      var engine = new SequenceJacobian(graph, depth, false);
      engine.parameters(theta);
      engine.differentiate(
          new InitialConditions(graph),
          inputs,
          STEPS,
          t -> t % 7 == 0 || t == 16,
          (t, _, jacobian, _, _) -> {
            int from = (int) Math.max(0, t - depth + 1);
            var cut = from == 0 ? graph : constantInitial(graph);
            double[] window = Arrays.copyOfRange(inputs, from * 2, ((int) t + 1) * 2);
            double[][] expected =
                differences(
                    cut, theta, at(weights, graph, inputs, from), window, (int) t + 1 - from);
            close(expected[expected.length - 1], jacobian, 1e-6, "depth " + depth + ", step " + t);
          });
    }
  }

  private static SignalGraph constantInitial(SignalGraph graph) {
    return new SignalGraph(
        graph.inputs(),
        graph.layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.unit(),
                        layer.size(),
                        layer.connections(),
                        layer.biases(),
                        layer.recurrentBiases(),
                        0,
                        0,
                        -1))
            .toList(),
        graph.parameters());
  }

  /** The state in which a step is entered. */
  private static InitialConditions at(
      Weights weights, SignalGraph graph, double[] inputs, int step) {
    var history = new History(graph, weights, STEPS);
    history.begin(new InitialConditions(graph));
    history.append(inputs, 0, step, 0);
    var initial = new InitialConditions(graph);
    for (int l = 0; l < graph.layers().size(); l++) {
      for (int j = 0; j < graph.layers().get(l).size(); j++) {
        initial.outputs[l][j] = history.output[l][j][history.position(step - 1)];
        if (initial.cells[l].length > 0) {
          initial.cells[l][j] = history.cell[l][j];
        }
      }
    }
    return initial;
  }

  @Test
  void chunksAndLongSequencesGiveTheSame() {
    var graph = network(Cell.LSTM, 1, 1, false);
    double[] theta = gaussian(graph.parameters(), 0.4);
    int steps = 1000;
    double[] inputs = gaussian(steps * 2, 1);
    var weights = new Weights(graph);
    weights.set(theta);
    var whole = new History(graph, weights, steps);
    whole.begin(new InitialConditions(graph));
    whole.append(inputs, 0, steps, 0);
    var sweep = new LagJacobian(graph, 1, 30);
    double[][] rows = new double[1][graph.parameters()];
    var engine = new SequenceJacobian(graph, 30, false);
    engine.parameters(theta);
    engine.differentiate(
        new InitialConditions(graph),
        inputs,
        steps,
        _ -> true,
        (t, history, jacobian, _, _) -> {
          backwards(sweep, whole, t, 1, rows);
          close(rows[0], jacobian, 1e-12, "step " + t);
          assertEquals(whole.output(t, 0), history.output(t, 0));
        });
  }

  /** So deep that the adjoints of all lags would be too many to hold. */
  @Test
  void deepSweepsGoInPieces() {
    var graph = network(Cell.LSTM, 3, 2, true);
    int steps = 9000;
    assertTrue(8 * LagJacobian.memory(graph, steps) > 1 << 22, "too small to show anything");
    double[] theta = gaussian(graph.parameters(), 0.4);
    against(graph, theta, steps, steps, true, t -> t == steps - 1);
  }

  /** Any units, any delays, and so many parameters that few steps' derivatives fit a cache. */
  @Test
  void graphsOfAllKindsAgreeWithOneStepAtATime() {
    for (int i = 0; i < 8; i++) {
      long seed = random.nextLong();
      try {
        var graph = graph(new SplitMix64(seed), i % 8);
        int[] depths = {1, 4, 51, Integer.MAX_VALUE};
        int depth = depths[random.nextInt(depths.length)];
        double[] theta = gaussian(graph.parameters(), 0.4);
        int steps = 60 + random.nextInt(30);
        against(graph, theta, steps, depth, i / 2 % 2 == 0, t -> t % 7 == 0);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("graph %s, seed %s".formatted(i, seed), e);
      }
    }
  }

  /** Up to three layers; of the steps' derivatives, {@code block} fit a cache, 0 for any number. */
  private static SignalGraph graph(SplitMix64 random, int block) {
    int count = 1 + random.nextInt(3);
    int inputs = 1 + random.nextInt(9);
    int[] sizes = random.ints(count, 1, 7).toArray();
    int size = 0;
    var layers = new ArrayList<Layer>();
    for (int l = 0; l < count; l++) {
      var unit = List.of(Unit.values()).get(random.nextInt(Unit.values().length));
      int sums = unit.gates() * sizes[l];
      var connections = new ArrayList<Connection>();
      for (int k = 0; k < 4; k++) {
        int source = k == 0 ? l - 1 : random.nextInt(count + 1) - 1;
        int delay = source < l ? random.nextInt(4) : 1 + random.nextInt(3);
        int width = source == Connection.INPUT ? inputs : sizes[source];
        int from = random.nextInt(width);
        int columns = width - from;
        boolean across = random.nextInt(3) == 0;
        connections.add(
            new Connection(
                source,
                from,
                columns,
                delay,
                random.nextBoolean(),
                size,
                across ? 1 : columns,
                across ? sums : 1));
        size += columns * sums;
      }
      layers.add(
          new Layer(
              unit,
              sizes[l],
              connections,
              List.of(size),
              List.of(size + sums),
              1,
              size + 2 * sums,
              unit == Unit.LSTM ? size + 2 * sums + sizes[l] : -1));
      size += 2 * sums + 2 * sizes[l];
    }
    int outputs = sizes[count - 1];
    int unused = block == 0 ? 0 : Math.max(0, (1 << 17) / (block * outputs) - size);
    return new SignalGraph(inputs, layers, size + unused);
  }

  /** A sequence against its steps one by one. */
  private void against(
      SignalGraph graph,
      double[] theta,
      int steps,
      int depth,
      boolean sensitivities,
      LongPredicate which) {
    double[] inputs = gaussian(steps * graph.inputs(), 1);
    var weights = new Weights(graph);
    weights.set(theta);
    var initial = new InitialConditions(graph);
    var whole = new History(graph, weights, steps);
    whole.begin(initial);
    whole.append(inputs, 0, steps, 0);
    var sweep = new LagJacobian(graph, 1, Math.min(depth, steps));
    double[][] expected = new double[1][graph.outputs() * graph.parameters()];
    var pieces = LagJacobian.inPieces(graph, 1, Math.min(depth, steps));
    double[][] some = new double[1][graph.outputs() * graph.parameters()];
    var engine = new SequenceJacobian(graph, depth, sensitivities);
    engine.parameters(theta);
    engine.differentiate(
        initial,
        inputs,
        steps,
        which,
        (t, _, jacobian, _, _) -> {
          backwards(sweep, whole, t, 1, expected);
          close(expected[0], jacobian, 1e-10, "depth " + depth + ", step " + t);
          Arrays.fill(some[0], 0);
          for (int o = 0; o < graph.outputs(); o++) {
            pieces.differentiate(whole, t, 1, o, null, some);
          }
          close(expected[0], some[0], 1e-10, "in pieces, depth " + depth + ", step " + t);
          Arrays.fill(jacobian, Double.NaN); // which is allowed
        });
  }

  private static double[][] differences(
      SignalGraph graph, double[] theta, InitialConditions initial, double[] inputs, int steps) {
    var engine = new SequenceJacobian(graph, Integer.MAX_VALUE, false);
    int rows = steps * graph.outputs();
    double[][] expected = new double[rows][theta.length];
    double[] above = new double[rows];
    double[] below = new double[rows];
    double step = 1e-5;
    for (int p = 0; p < theta.length; p++) {
      double[] moved = theta.clone();
      moved[p] = theta[p] + step;
      engine.parameters(moved);
      engine.simulate(initial, inputs, steps, above);
      moved[p] = theta[p] - step;
      engine.parameters(moved);
      engine.simulate(initial, inputs, steps, below);
      for (int i = 0; i < rows; i++) {
        expected[i][p] = (above[i] - below[i]) / (2 * step);
      }
    }
    return expected;
  }

  @Test
  void shortSequencesGoBackwardsAndLongOnesForwards() {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 1, 4, 1));
    var graph = NetworkGraph.of(network).graph();
    int whole = Integer.MAX_VALUE;
    assertFalse(graph.forwardIsCheaper(20, whole));
    assertTrue(graph.forwardIsCheaper(2000, whole));
    assertFalse(graph.forwardIsCheaper(2000, 50), "forward accumulation cannot truncate");
  }

  private static void close(double[] expected, double[] actual, double tolerance, String what) {
    double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * scale, what + ", parameter " + i);
    }
  }
}
