// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.Random;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** dy_t/dθ of a libtorch model, which has no batched way. */
class JacobianFallbackTest {
  private static final int STEPS = 9;
  private static final int LANES = 2;
  private static final int RESET = 5;
  private static final NetworkSpec SPEC =
      NetworkSpec.of(Cell.GRU, 2, 3, 2).withLayers(2).withLearnedInitialState();

  private static double[] doubles(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static Steps inputs() {
    Steps inputs = Steps.allocate(STEPS, LANES, 2);
    var random = new Random(2);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = (float) random.nextGaussian();
    }
    return inputs;
  }

  /** Each row is a sweep of a tape of its own that has run so far and no further. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, JacobianRequest.UNTRUNCATED})
  void rowsAreSweeps(int depth) {
    TorchModel model = NetworkAsTorch.of(SPEC, ScalarType.Double);
    Parameters theta = model.initialise(new SplitMix64(1));
    Steps inputs = inputs();
    int[] rows = {0};
    Jacobians.of(model)
        .differentiate(
            doubles(theta.values()),
            inputs,
            new JacobianRequest(depth, true),
            step -> {
              rows[0]++;
              int t = step.step();
              int swept = Math.min(depth, t + 1);
              var options = TapeOptions.training(LANES, STEPS).withSensitivities();
              try (var tape = model.open(theta, options)) {
                tape.forward(inputs.view(0, t + 1));
                for (int output = 0; output < 2; output++) {
                  Steps unit = Steps.allocate(1, LANES, 2);
                  unit.set(0, step.lane(), output, 1);
                  var into = new Gradient(model.parameters());
                  var sensitivities = new Sensitivities(model, swept, LANES);
                  tape.backward(swept, new Adjoint(unit, into, sensitivities));
                  int size = theta.values().length;
                  for (int p = 0; p < size; p++) {
                    assertEquals(into.values()[p], step.parameters()[output * size + p], 1e-6);
                  }
                  float newest = sensitivities.inputs().get(swept - 1, step.lane(), 1);
                  assertEquals(newest, step.inputs()[output * swept * 2 + 1], 1e-6);
                }
              }
            });
    assertEquals(STEPS * LANES, rows[0]);
  }

  /** Against the batched Jacobians of the built-in network, with a sequence that begins inside. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, JacobianRequest.UNTRUNCATED})
  void agreesWithTheBatchedWay(int depth) {
    var network = new Network(SPEC);
    TorchModel model = NetworkAsTorch.of(SPEC, ScalarType.Double);
    Parameters theta = network.initialise(new SplitMix64(1));
    var same = new Parameters(model.parameters());
    theta.layout().slices().forEach(s -> same.set(s.name(), theta.get(s.name())));
    double[][][] expected = jacobian(Jacobians.of(network), theta, depth);
    double[][][] found = jacobian(Jacobians.of(model), same, depth);
    int size = theta.values().length;
    for (int t = 0; t < STEPS; t++) {
      for (int lane = 0; lane < LANES; lane++) {
        for (var slice : theta.layout().slices()) {
          int other = model.parameters().slice(slice.name()).offset();
          for (int output = 0; output < 2; output++) {
            int row = output * size;
            assertArrayEquals(
                part(expected[t][lane], row + slice.offset(), slice.size()),
                part(found[t][lane], row + other, slice.size()),
                1e-5,
                "step %s, lane %s, %s".formatted(t, lane, slice.name()));
          }
        }
      }
    }
  }

  private static double[] part(double[] values, int from, int size) {
    return java.util.Arrays.copyOfRange(values, from, from + size);
  }

  private static double[][][] jacobian(Jacobians jacobians, Parameters theta, int depth) {
    var resets = new LaneEvents(STEPS, LANES);
    resets.set(RESET, 1, true);
    Steps mask = Steps.allocate(STEPS, LANES, 1);
    mask.fill(1);
    var rows = new double[STEPS][LANES][];
    jacobians.differentiate(
        doubles(theta.values()),
        inputs(),
        resets,
        mask,
        JacobianRequest.depth(depth),
        step -> rows[step.step()][step.lane()] = step.parameters().clone());
    return rows;
  }
}
