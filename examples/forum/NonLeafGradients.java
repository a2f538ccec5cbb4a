// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.SplitMix64;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.Tensor;

/**
 * "The .grad attribute of a Tensor that is not a leaf is being accessed: it is None." Derivatives
 * with respect to states, inputs and the initial state are asked for by name.
 *
 * <p>{@code ./unspool run examples/forum/NonLeafGradients.java}
 */
public final class NonLeafGradients {
  private NonLeafGradients() {}

  /** Prints ∂loss/∂x and ∂loss/∂h of every step. */
  public static void main(String[] args) {
    var found = sweep();
    for (int t = 0; t < found.depth(); t++) {
      System.out.printf(
          "step %d: dL/dx % .5f, dL/dh % .5f%n",
          t + 1, found.inputs().get(t, 0, 0), found.state("h").get(t, 0, 0));
    }
  }

  /** Derivatives of the loss at the fourth step. h_t = ½·h_{t−1} + x_t, loss = (h_4 − 1)². */
  static Sensitivities sweep() {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w", 1, 1)
            .state("h", 1)
            .initialiser((theta, random) -> theta.set("w", 0.5f))
            .step(
                (p, x, s) -> {
                  Tensor h = s.get("h").matmul(p.get("w")).add(x);
                  return StepOutput.of(h, h);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var block = Block.allocate(4, 1, 1, 1);
    block.targets().fill(1);
    block.mask().view(0, 3).fill(0);
    var sensitivities = new Sensitivities(model, 4, 1);
    try (var engine =
        Tbptt.builder(model, theta)
            .truncation(4, 4)
            .loss(new MeanSquaredError())
            .sensitivities()
            .build()) {
      engine.forward(block);
      engine.sweep(sensitivities);
    }
    return sensitivities;
  }
}
