// SPDX-License-Identifier: Apache-2.0
import com.sun.management.ThreadMXBean;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.engine.Block;
import dev.unspool.optimizer.Adam;
import dev.unspool.tbptt.Tbptt;
import java.lang.management.ManagementFactory;

/**
 * Trains on a stream that does not end: after the compiler is done, no update allocates anything
 * worth mentioning, and the heap does not grow.
 *
 * <pre>./unspool run reliability/LongRun.java [STEPS]</pre>
 */
public final class LongRun {
  private static final int K1 = 2;
  private static final int WARM_UP = 200_000;

  private LongRun() {}

  public static void main(String[] args) {
    long steps = args.length > 0 ? Long.parseLong(args[0]) : 2_000_000;
    if (steps <= WARM_UP) {
      throw new IllegalArgumentException(
          "the first %s steps do not count; found %s in all".formatted(WARM_UP, steps));
    }
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 32, 1).withLayers(2));
    var theta = network.initialise(new SplitMix64(1));
    var adam = new Adam().bind(theta);
    var block = Block.allocate(K1, 4, 2, 1);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(K1, 8)
            .loss(new MeanSquaredError())
            .lanes(4)
            .build()) {
      long allocated = 0;
      long heap = 0;
      for (long step = 0; step < steps; step += K1) {
        if (step == WARM_UP) {
          heap = used();
          allocated = bean.getCurrentThreadAllocatedBytes();
        }
        for (int t = 0; t < K1; t++) {
          for (int lane = 0; lane < 4; lane++) {
            block.inputs().set(t, lane, 0, (float) Math.sin(0.1 * (step + t) + lane));
            block.targets().set(t, lane, 0, (float) Math.sin(0.1 * (step + t + 1) + lane));
          }
        }
        engine.forward(block);
        engine.sweep();
        adam.step(engine.gradient(), 1e-3);
        engine.parametersChanged();
      }
      long bytes = bean.getCurrentThreadAllocatedBytes() - allocated;
      long growth = used() - heap;
      double each = (double) bytes / ((steps - WARM_UP) / K1);
      System.out.printf(
          "%s steps, TBPTT(%s, 8): %.2f bytes allocated an update, the heap grew by %s bytes%n",
          steps, K1, each, growth);
      if (each > 64 || growth > 1 << 20) {
        throw new AssertionError("expected at most 64 bytes an update and a flat heap");
      }
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
