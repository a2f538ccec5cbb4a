// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import com.sun.management.ThreadMXBean;
import dev.unspool.engine.Block;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.optimizer.Sgd;
import java.lang.management.ManagementFactory;

/** A program of its own, for {@link RtrlMemoryTest}. */
final class RtrlAllocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RtrlAllocations() {}

  /**
   * Prints how many numbers an engine holds after a thousand steps and after a million, the bytes
   * that each sweep of the second half allocated, and two lines of the bytes that an update does.
   */
  public static void main(String[] arguments) {
    stream(1_000_000);
    updates(DiagonalCells.MINIMAL_GRU, 3, 16);
    updates(DiagonalCells.ROTATION, 1, 5);
  }

  private static void stream(int steps) {
    int interval = 50;
    var random = new SplitMix64(6);
    var program = DiagonalCells.MINIMAL_GRU.program(1, 2, 1);
    var theta = program.initialise(random);
    var block = RtrlTest.stream(random, program, 1, interval);
    try (var engine = RtrlTest.rtrl(program, theta, interval, 1)) {
      int sweeps = steps / interval;
      long before = 0;
      for (int sweep = 0; sweep < sweeps; sweep++) {
        if (sweep == 1000 / interval) {
          System.out.println("numbers held after 1000 steps: " + stored(engine));
        }
        if (sweep == sweeps / 2) {
          before = THREADS.getCurrentThreadAllocatedBytes();
        }
        engine.forward(block);
        engine.sweep();
      }
      long made = THREADS.getCurrentThreadAllocatedBytes() - before;
      System.out.println("numbers held after %s steps: %s".formatted(steps, stored(engine)));
      System.out.println("bytes a sweep of the second half: " + (double) made / (sweeps / 2));
    }
  }

  /** Of many updates the hundred in a row that allocate least. */
  private static void updates(DiagonalCells cell, int interval, int units) {
    int window = 100;
    var program = cell.twoLayers(3, units, 2);
    var theta = program.initialise(new SplitMix64(1));
    var optimizer = new Sgd().bind(theta);
    var block = Block.allocate(interval, 2, 3, 2);
    RtrlTest.fill(block.inputs(), new SplitMix64(2));
    RtrlTest.fill(block.targets(), new SplitMix64(3));
    long least = Long.MAX_VALUE;
    try (var engine = RtrlTest.rtrl(program, theta, interval, 2)) {
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
