// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** A long sequence holds no more than a short one. */
class BoundedMemoryTest {
  private static final int STEPS = 100_000;
  private static final int SETTLED = 20_000;

  /** A leak of 100 bytes a step would be as much; the JVM's own compiler takes a little. */
  private static final long MAY_GROW = 100L * (STEPS - SETTLED);

  /**
   * In a JVM whose heap is fixed and touched from the beginning: what grows there is native. In
   * this one the heap grows by some 100 MB while it warms up, which would hide a leak of 1 kB a
   * step.
   */
  @Test
  void aHundredThousandStepsHoldNoMoreThanTwentyThousand() throws Exception {
    String output =
        OtherJvm.run(
            LongRun.class,
            List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"),
            Map.of());
    String last = output.lines().filter(line -> line.startsWith("grown ")).findFirst().orElse("");
    List<String> numbers = List.of(last.split(" ", -1));
    assertEquals(4, numbers.size(), output);
    assertEquals(0, Long.parseLong(numbers.get(1)), "live tensors: " + last);
    long resident = Long.parseLong(numbers.get(2));
    assertTrue(resident < MAY_GROW, "resident memory has grown by %s bytes".formatted(resident));
    assertEquals(0, Long.parseLong(numbers.get(3)), "tensors left after closing: " + last);
  }

  /** Trains with k1 = 10 and k2 = 20; prints by how much tensors and resident memory have grown. */
  static final class LongRun {
    private LongRun() {}

    public static void main(String[] arguments) {
      TorchModel model =
          TorchModel.builder()
              .inputs(1)
              .outputs(1)
              .parameter("w", 8, 8)
              .state("h", 8)
              .step(
                  (p, x, s) -> {
                    Tensor h = s.get("h").matmul(p.get("w")).add(x).tanh();
                    return StepOutput.of(h.narrow(1, 0, 1), h);
                  })
              .build();
      Parameters theta = model.initialise(new SplitMix64(1));
      long before = Pointer.totalCount();
      long tensors = 0;
      long resident = 0;
      try (var engine =
          Tbptt.builder(model, theta)
              .truncation(new Truncation(10, 20, LossAt.LAST))
              .loss(new MeanSquaredError())
              .build()) {
        Block block = Block.allocate(10, 1, 1, 1);
        for (int step = 0; step < STEPS; step += 10) {
          engine.forward(block);
          engine.sweep();
          theta.values()[step % 64] *= 0.999f;
          engine.parametersChanged();
          if (step == SETTLED) {
            tensors = Pointer.totalCount();
            resident = Pointer.physicalBytes();
          }
        }
        tensors = Pointer.totalCount() - tensors;
        resident = Pointer.physicalBytes() - resident;
      }
      long left = Pointer.totalCount() - before;
      System.out.println("grown " + tensors + " " + resident + " " + left);
    }
  }
}
