// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Cells;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The batched Jacobian against one sweep per step, on whole networks. */
class JacobiansTest {
  private static final int STEPS = 23;
  private static final int LANES = 3;

  /** Of the sweeps' float32, in which an angle that is raised to powers loses a digit. */
  private static final double TOLERANCE = 2e-5;

  /** Of cells that normalise what goes around, whose worst error is half of this. */
  private static final double NORMALISED = 1e-3;

  private record Row(
      double[] outputs,
      double[] parameters,
      double[] inputs,
      Map<String, double[]> states,
      int depth) {}

  private static Map<List<Integer>, Row> rows(
      Jacobians jacobians,
      double[] theta,
      Steps inputs,
      LaneEvents resets,
      Steps mask,
      JacobianRequest request) {
    var rows = new LinkedHashMap<List<Integer>, Row>();
    jacobians.differentiate(
        theta,
        inputs,
        resets,
        mask,
        request,
        step ->
            rows.put(
                List.of(step.step(), step.lane()),
                new Row(
                    step.outputs().clone(),
                    step.parameters().clone(),
                    step.inputs().clone(),
                    new HashMap<>(step.states),
                    step.depth())));
    return rows;
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void agreesWithSweepsOfTheTape(Cell cell) {
    for (var spec :
        List.of(
            NetworkSpec.of(cell, 2, 5, 2).withLearnedInitialState(),
            NetworkSpec.of(cell, 2, 4, 0).withLayers(2),
            NetworkSpec.of(cell, new Input.OneHot(3), 4, 1).withLayers(2).withLearnedInitialState(),
            NetworkSpec.of(cell, new Input.Embedding(4, cell.outputs(3)), 3, 4)
                .withTiedOutput()
                .withLearnedInitialState())) {
      for (int depth : new int[] {1, 2, 6, STEPS, JacobianRequest.UNTRUNCATED}) {
        compare(spec, depth, 11 + depth % 97, Cells.normalises(cell) ? NORMALISED : TOLERANCE);
      }
    }
  }

  private static void compare(NetworkSpec spec, int depth, long seed, double tolerance) {
    String what = "%s, depth %s, seed %s".formatted(spec, depth, seed);
    var random = new SplitMix64(seed);
    var network = new Network(spec);
    var theta = network.initialise(random);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] += 0.1f * (float) random.nextGaussian();
    }
    var inputs = Steps.allocate(STEPS, LANES, network.inputs());
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] =
          spec.input() instanceof Input.Numeric ? (float) random.nextGaussian() : random.nextInt(3);
    }
    var resets = new LaneEvents(STEPS, LANES);
    resets.set(9, 0, true);
    resets.set(10, 0, true);
    resets.set(17, 2, true);
    var mask = Steps.allocate(STEPS, LANES, 1);
    for (int i = 0; i < mask.size(); i++) {
      mask.values()[i] = random.nextInt(3) == 0 ? 0 : 1;
    }
    var request = new JacobianRequest(depth, true);
    double[] parameters = doubles(theta);
    var expected = rows(Jacobians.bySweeps(network), parameters, inputs, resets, mask, request);
    var actual = rows(Jacobians.of(network), parameters, inputs, resets, mask, request);
    var plain =
        rows(
            Jacobians.of(network),
            parameters,
            inputs,
            resets,
            mask,
            new JacobianRequest(depth, false));
    assertEquals(expected.keySet(), actual.keySet(), what);
    assertEquals(expected.keySet(), plain.keySet(), what);
    expected.forEach(
        (key, row) -> {
          var other = Objects.requireNonNull(actual.get(key));
          String at = what + ", step and lane " + key;
          assertEquals(row.depth(), other.depth(), at);
          close(row.outputs(), other.outputs(), tolerance, at + ", outputs");
          close(row.parameters(), other.parameters(), tolerance, at + ", dy/dθ");
          close(
              other.parameters(),
              Objects.requireNonNull(plain.get(key)).parameters(),
              1e-11,
              at + ", without states");
          close(row.inputs(), other.inputs(), tolerance, at + ", dy/dx");
          row.states()
              .forEach(
                  (name, values) ->
                      close(
                          values,
                          Objects.requireNonNull(other.states().get(name)),
                          tolerance,
                          at + name));
        });
  }

  private static double[] doubles(Parameters theta) {
    double[] values = new double[theta.values().length];
    Arrays.setAll(values, i -> theta.values()[i]);
    return values;
  }

  private static void close(double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * scale, what + ", value " + i);
    }
  }

  /**
   * x_{t+1} = w·x_t with w = 0.2 and x_0 = 0.9: dx_t/dw = t·w^{t−1}·x_0 without truncation, and
   * with k2 the sum of its newest k2 terms, each of which is w^{t−1}·x_0.
   */
  @Test
  void theForumsExampleForEveryDepth() {
    var spec = NetworkSpec.of(Cell.RNN_RELU, 1, 1, 0).withLearnedInitialState();
    var network = new Network(spec);
    var theta = new Parameters(network.parameters());
    theta.set("weight_hh_l0", 0.2f);
    theta.set("initial.layer0.h", 0.9f);
    int w = network.parameters().slice("weight_hh_l0").offset();
    var inputs = Steps.allocate(3, 1, 1);
    double[][] table = {
      {0.9, 0.18, 0.036}, // k2 = 1
      {0.9, 0.36, 0.072}, // k2 = 2
      {0.9, 0.36, 0.108}, // k2 = 3
      {0.9, 0.36, 0.108} // no truncation
    };
    for (int row = 0; row < table.length; row++) {
      int depth = row < 3 ? row + 1 : JacobianRequest.UNTRUNCATED;
      for (var jacobians : List.of(Jacobians.of(network), Jacobians.bySweeps(network))) {
        var found = new ArrayList<Double>();
        jacobians.differentiate(
            doubles(theta),
            inputs,
            JacobianRequest.depth(depth),
            step -> found.add(step.parameters()[w]));
        for (int t = 0; t < 3; t++) {
          assertEquals(table[row][t], found.get(t), 1e-7, "depth " + depth + ", x" + (t + 1));
        }
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 1));
    var jacobians = Jacobians.of(network);
    var inputs = Steps.allocate(3, 1, 1);
    double[] theta = new double[network.parameters().size()];
    assertThrows(IllegalArgumentException.class, () -> JacobianRequest.depth(0));
    var request = JacobianRequest.depth(2);
    assertThrows(
        IllegalArgumentException.class,
        () -> jacobians.differentiate(new double[3], inputs, request, _ -> {}));
    assertThrows(
        IllegalArgumentException.class,
        () -> jacobians.differentiate(theta, Steps.allocate(3, 1, 2), request, _ -> {}));
  }
}
