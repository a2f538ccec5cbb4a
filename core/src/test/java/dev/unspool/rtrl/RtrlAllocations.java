// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import com.sun.management.ThreadMXBean;
import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.optimizer.Sgd;
import dev.unspool.step.StepProgram;
import java.lang.management.ManagementFactory;

/** A program of its own, for {@link RtrlMemoryTest}. */
final class RtrlAllocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RtrlAllocations() {}

  /**
   * Prints how many numbers an engine holds after a thousand steps and after a million, and two
   * lines of the bytes that an update allocates.
   */
  public static void main(String[] arguments) {
    stream(1_000_000);
    updates(DiagonalCells.MINIMAL_GRU, 3, 16);
    updates(DiagonalCells.ROTATION, 1, 5);
  }

  private static void stream(int steps) {
    int interval = 50;
    var program = DiagonalCells.MINIMAL_GRU.program(1, 2, 1);
    try (var engine = open(program, program.initialise(new SplitMix64(6)), interval, 1)) {
      var block = block(program, interval, 1);
      for (int at = 0; at < steps; at += interval) {
        if (at == 1000) {
          System.out.println("numbers held after 1000 steps: " + stored(engine));
        }
        engine.forward(block);
        engine.sweep();
      }
      System.out.println("numbers held after %s steps: %s".formatted(steps, stored(engine)));
    }
  }

  /** Of many updates the hundred in a row that allocate least. */
  private static void updates(DiagonalCells cell, int interval, int units) {
    int window = 100;
    var program = cell.twoLayers(3, units, 2);
    var theta = program.initialise(new SplitMix64(1));
    var optimizer = new Sgd().bind(theta);
    var block = block(program, interval, 2);
    long least = Long.MAX_VALUE;
    try (var engine = open(program, theta, interval, 2)) {
      for (int i = 0; i < 500 && least > RtrlMemoryTest.BOUND * window; i++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int k = 0; k < window; k++) {
          engine.forward(block);
          engine.sweep();
          optimizer.step(engine.gradient(), 1e-4);
          engine.parametersChanged();
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
    }
    System.out.println("%s, %s units: %s".formatted(cell, units, (double) least / window));
  }

  private static Rtrl open(StepProgram program, Parameters theta, int interval, int lanes) {
    return Rtrl.builder(program, theta)
        .interval(interval)
        .loss(new MeanSquaredError())
        .lanes(lanes)
        .build();
  }

  private static Block block(StepProgram program, int steps, int lanes) {
    var block = Block.allocate(steps, lanes, program.inputs(), program.outputs());
    fill(block.inputs(), 2);
    fill(block.targets(), 3);
    return block;
  }

  private static void fill(Steps steps, long seed) {
    var random = new SplitMix64(seed);
    for (int i = 0; i < steps.size(); i++) {
      steps.values()[i] = (float) random.nextGaussian();
    }
  }

  /** How many numbers an engine has to remember. */
  private static long stored(Rtrl engine) {
    var snapshot = new Snapshot();
    engine.save(snapshot);
    return snapshot.entries().values().stream()
        .mapToLong(
            entry ->
                switch (entry) {
                  case Snapshot.Floats(float[] values) -> values.length;
                  case Snapshot.Doubles(double[] values) -> values.length;
                  case Snapshot.Longs(long[] values) -> values.length;
                })
        .sum();
  }
}
