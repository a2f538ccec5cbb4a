// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The example by which people check their truncated backpropagation: {@code x_{t+1} = w·x_t}, w =
 * 0.2, x_0 = 0.9. By hand: dx_1/dw = x_0 = 0.9, dx_2/dw = 2·w·x_0 = 0.36, dx_3/dw = 3·w²·x_0 =
 * 0.108. Gradients that add up between sweeps give 0.288 for the last one.
 */
class ForumExampleTest {
  private static final double TOLERANCE = 1e-7;

  private final Network network = new Network(NetworkSpec.of(Cell.RNN_RELU, 1, 1, 0));
  private final Parameters theta = new Parameters(network.parameters());
  private final State start = new State(network.state(), 1);

  ForumExampleTest() {
    theta.set("weight_hh_l0", 0.2f);
    start.set("layer0.h", 0.9f);
  }

  /** The newest output itself. */
  private record Output() implements Loss {
    @Override
    public int targets(int outputs) {
      return 0;
    }

    @Override
    public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
      gradient.fill(1);
      return new LossValue(outputs.get(0, 0, 0), 1);
    }
  }

  @Test
  void severalAdjointsOverOneTape() {
    try (Tape tape = network.open(theta, TapeOptions.training(1, 3).withOutputWindow(3))) {
      tape.restore(start);
      tape.forward(Steps.allocate(3, 1, 1));
      assertArrayEquals(
          new float[] {0.18f, 0.036f, 0.0072f}, tape.outputs(3).copy().values(), 1e-7f);
      List<Adjoint> rows = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        Steps seed = Steps.allocate(3, 1, 1);
        seed.set(t, 0, 0, 1);
        rows.add(new Adjoint(seed, new Gradient(network.parameters())));
      }
      tape.backward(3, rows);
      assertEquals(0.9, rows.get(0).into().get("weight_hh_l0")[0], TOLERANCE);
      assertEquals(0.36, rows.get(1).into().get("weight_hh_l0")[0], TOLERANCE);
      assertEquals(0.108, rows.get(2).into().get("weight_hh_l0")[0], TOLERANCE);
    }
  }

  /** Truncated: dx_t/dw with x_{t−k2} held constant. */
  @ParameterizedTest
  @CsvSource({
    "3, 0.9, 0.36, 0.108",
    "9, 0.9, 0.36, 0.108",
    "2, 0.9, 0.36, 0.072",
    "1, 0.9, 0.18, 0.036"
  })
  void successiveSweeps(int k2, double first, double second, double third) {
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(new Truncation(1, k2, LossAt.LAST))
            .loss(new Output())
            .build()) {
      engine.restart(start);
      for (double expected : new double[] {first, second, third}) {
        engine.forward(Block.allocate(1, 1, 1, 0));
        engine.sweep();
        assertEquals(expected, engine.gradient().get("weight_hh_l0")[0], TOLERANCE);
      }
    }
  }
}
