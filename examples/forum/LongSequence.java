// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/**
 * "With retain_graph=True on a sequence of 100 000 steps, does the memory run out?" Each step is a
 * graph of its own; what falls off the tape is freed at once.
 *
 * <p>{@code ./unspool run examples/forum/LongSequence.java}
 */
public final class LongSequence {
  private LongSequence() {}

  /** Prints the number of live tensors on the way. */
  public static void main(String[] args) {
    long[] live = live(100_000);
    for (int i = 0; i < live.length; i++) {
      System.out.printf("after %3d %%: %d live native objects%n", (i + 1) * 10, live[i]);
    }
  }

  /** Live native objects after each tenth of the steps, with k1 = 5 and k2 = 20. */
  static long[] live(int steps) {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w", 32, 32)
            .state("h", 32)
            .step(
                (p, x, s) -> {
                  Tensor h = s.get("h").matmul(p.get("w")).add(x).tanh();
                  return StepOutput.of(h.narrow(1, 0, 1), h);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var block = Block.allocate(5, 1, 1, 1);
    var live = new long[10];
    try (var engine =
        Tbptt.builder(model, theta).truncation(5, 20).loss(new MeanSquaredError()).build()) {
      for (int step = 0; step < steps; step += 5) {
        engine.forward(block);
        engine.sweep();
        engine.parametersChanged();
        live[(int) (10L * step / steps)] = Pointer.totalCount();
      }
    }
    return live;
  }
}
