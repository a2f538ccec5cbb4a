// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.data.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.tbptt.LossAt;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** A long sequence holds no more tensors than a short one. */
class BoundedMemoryTest {
  private static final int STEPS = 100_000;
  private static final int SETTLED = 2_000;

  @Test
  void aHundredThousandStepsHoldAsManyTensorsAsTwoThousand() {
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
    Block block = Block.allocate(10, 1, 1, 1);
    try (var engine =
        Tbptt.builder(model, theta)
            .truncation(new Truncation(10, 20, LossAt.LAST))
            .loss(new MeanSquaredError())
            .build()) {
      long tensors = 0;
      long resident = 0;
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
      assertEquals(tensors, Pointer.totalCount());
      long grown = Pointer.physicalBytes() - resident;
      // What leaked once per step would be 98 000 graphs of at least 1 kB; the Java heap may
      // breathe.
      assertTrue(grown < 90_000_000, "resident memory has grown by %d bytes".formatted(grown));
    }
    assertEquals(before, Pointer.totalCount());
  }
}
