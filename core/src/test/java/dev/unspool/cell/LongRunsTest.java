// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cells that run for long, on inputs that are now and then large: what comes of it are numbers. */
class LongRunsTest {
  private static final int WINDOW = 50;

  /** Inputs at which every gate of a cell is wide open or shut, several of them at once. */
  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void hugeInputsGiveNumbers(Cell cell) {
    var network = new Network(NetworkSpec.of(cell, 2, 8, 1));
    var random = new SplitMix64(4);
    var theta = network.initialise(random);
    var block = Block.allocate(WINDOW, 1, 2, 1);
    for (int i = 0; i < block.inputs().size(); i++) {
      block.inputs().values()[i] = (float) (1e4 * random.nextGaussian());
    }
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(new Truncation(WINDOW, WINDOW))
            .loss(new MeanSquaredError())
            .build()) {
      engine.forward(block);
      double value = engine.sweep().value();
      assertTrue(Double.isFinite(value), cell + ": loss " + value);
      for (float each : engine.gradient().values()) {
        assertTrue(Float.isFinite(each), cell + ": gradient " + each);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void gradientsAreFinite(Cell cell) {
    var network = new Network(NetworkSpec.of(cell, 2, 4, 1));
    var random = new SplitMix64(13);
    var theta = network.initialise(random);
    var block = Block.allocate(WINDOW, 1, 2, 1);
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(new Truncation(WINDOW, 2 * WINDOW))
            .loss(new MeanSquaredError())
            .lanes(1)
            .build()) {
      for (int window = 0; window < 100; window++) {
        double size = window % 10 == 9 ? 30 : 1;
        for (int i = 0; i < block.inputs().size(); i++) {
          block.inputs().values()[i] = (float) (size * random.nextGaussian());
        }
        engine.forward(block);
        double value = engine.sweep().value();
        assertTrue(Double.isFinite(value), cell + ", window " + window + ": loss " + value);
        for (float each : engine.gradient().values()) {
          assertTrue(Float.isFinite(each), cell + ", window " + window + ": gradient " + each);
        }
      }
    }
  }
}
