// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/**
 * "How do I write a class that, every k1 steps, backpropagates through the last k2 steps of my
 * one-step module?" The module is a function of parameters, input and state; the class is the
 * engine. Here k1 = 2 and k2 = 5: the windows overlap, and no step is computed twice.
 *
 * <p>The task: say what was seen two steps ago.
 *
 * <p>{@code ./unspool run examples/forum/OneStepModule.java}
 */
public final class OneStepModule {
  private OneStepModule() {}

  /** Prints the loss as it falls. */
  public static void main(String[] args) {
    double[] losses = train(2, 5);
    for (int i = 0; i < losses.length; i++) {
      System.out.printf("updates %4d to %4d: loss %.4f%n", i * 200 + 1, i * 200 + 200, losses[i]);
    }
  }

  /** Mean losses of each 200 updates. */
  static double[] train(int k1, int k2) {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w_in", 1, 16)
            .parameter("w", 16, 16)
            .parameter("w_out", 16, 1)
            .state("h", 16)
            .step(
                (p, x, s) -> {
                  Tensor h = x.matmul(p.get("w_in")).add(s.get("h").matmul(p.get("w"))).tanh();
                  return StepOutput.of(h.matmul(p.get("w_out")), h);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var adam = new Adam().bind(theta);
    var random = new Random(1);
    var block = Block.allocate(k1, 8, 1, 1);
    var past = new float[2][8];
    var losses = new double[5];
    try (var engine =
        Tbptt.builder(model, theta)
            .lanes(8)
            .truncation(new Truncation(k1, k2, LossAt.EVERY))
            .loss(new MeanSquaredError())
            .build()) {
      for (int update = 0; update < 1000; update++) {
        for (int t = 0; t < k1; t++) {
          for (int lane = 0; lane < 8; lane++) {
            float x = random.nextFloat(-1, 1);
            block.inputs().set(t, lane, 0, x);
            block.targets().set(t, lane, 0, past[0][lane]);
            past[0][lane] = past[1][lane];
            past[1][lane] = x;
          }
        }
        engine.forward(block);
        losses[update / 200] += engine.sweep().value() / 200;
        Clipping.byNorm(1).apply(engine.gradient());
        adam.step(engine.gradient(), 1e-2);
        engine.parametersChanged();
      }
    }
    return losses;
  }
}
