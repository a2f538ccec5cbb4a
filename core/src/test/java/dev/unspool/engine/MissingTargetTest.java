// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.loss.GaussianNegativeLogLikelihood;
import dev.unspool.loss.Huber;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.loss.Quantile;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.rtrl.Rtrl;
import dev.unspool.tbptt.Tbptt;
import java.util.List;
import org.junit.jupiter.api.Test;

/** For every engine and loss, a step without a target is one that is masked out. */
final class MissingTargetTest {
  private static final int STEPS = 6;
  private static final int LANES = 2;
  private static final int INTERVAL = 3;

  private static Engine engine(boolean forwards, Network network, Parameters theta, Loss loss) {
    return forwards
        ? Rtrl.builder(network.program(), theta).interval(INTERVAL).loss(loss).lanes(LANES).build()
        : Tbptt.builder(network, theta).truncation(INTERVAL, 5).loss(loss).lanes(LANES).build();
  }

  private static Block block(int outputs, int targets, boolean masked) {
    var random = new SplitMix64(outputs);
    Block block = Block.allocate(STEPS, LANES, 1, targets);
    for (int step = 0; step < STEPS; step++) {
      for (int lane = 0; lane < LANES; lane++) {
        boolean missing = step < 4 && (step + lane) % 3 != 0;
        block.inputs().set(step, lane, 0, (float) random.nextGaussian());
        for (int i = 0; i < targets; i++) {
          float target = (float) random.nextGaussian();
          block.targets().set(step, lane, i, missing && !masked ? Float.NaN : target);
        }
        block.mask().set(step, lane, 0, missing && masked ? 0 : 1);
      }
    }
    return block;
  }

  @Test
  void itCountsInNothing() {
    for (boolean forwards : new boolean[] {false, true}) {
      for (Loss loss :
          List.of(
              new MeanSquaredError(),
              new Huber(0.5),
              new GaussianNegativeLogLikelihood(),
              new Quantile(List.of(0.1, 0.6)))) {
        int outputs = 4;
        var network = new Network(NetworkSpec.of(Cell.named("mingru"), 1, 3, outputs));
        Parameters theta = network.initialise(new SplitMix64(1));
        Block missing = block(outputs, loss.targets(outputs), false);
        Block masked = block(outputs, loss.targets(outputs), true);
        try (Engine one = engine(forwards, network, theta, loss);
            Engine other = engine(forwards, network, theta, loss)) {
          for (int sweep = 0; sweep < STEPS / INTERVAL; sweep++) {
            LossValue found = swept(one, missing, sweep);
            assertEquals(swept(other, masked, sweep), found, loss + ", sweep " + sweep);
            assertArrayEquals(other.gradient().values(), one.gradient().values());
          }
        }
      }
    }
  }

  private static LossValue swept(Engine engine, Block block, int sweep) {
    int from = sweep * INTERVAL;
    var part = Block.allocate(INTERVAL, LANES, 1, block.targets().features());
    part.inputs().set(block.inputs().view(from, from + INTERVAL));
    part.targets().set(block.targets().view(from, from + INTERVAL));
    part.mask().set(block.mask().view(from, from + INTERVAL));
    engine.forward(part);
    return engine.sweep();
  }
}
