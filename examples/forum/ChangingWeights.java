// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.optimizer.Sgd;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.Tensor;

/**
 * "One of the variables needed for gradient computation has been modified by an inplace operation;
 * is at version 2, expected version 1." The optimizer has changed weights that an open window still
 * needs. What the gradient should mean then is a choice with three answers; none of them is an
 * error.
 *
 * <p>{@code ./unspool run examples/forum/ChangingWeights.java}
 */
public final class ChangingWeights {
  private ChangingWeights() {}

  /** Prints the gradient's norm after some updates, under each policy. */
  public static void main(String[] args) {
    for (WeightPolicy policy : WeightPolicy.values()) {
      System.out.printf("%-10s gradient norm %.6f%n", policy, norm(policy, 1, 6));
    }
    // No window holds a step of older weights, but REPLAY goes on from where the new ones lead to.
    System.out.printf(
        "k1 = k2: AS_APPLIED and CURRENT agree, %.6f; REPLAY %.6f%n",
        norm(WeightPolicy.AS_APPLIED, 6, 6), norm(WeightPolicy.REPLAY, 6, 6));
  }

  /** The norm of the gradient of the last of ten sweeps, with an update after each. */
  static double norm(WeightPolicy policy, int k1, int k2) {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w", 4, 4)
            .state("h", 4)
            .step(
                (p, x, s) -> {
                  Tensor h = s.get("h").matmul(p.get("w")).add(x).tanh();
                  return StepOutput.of(h.narrow(1, 0, 1), h);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var sgd = new Sgd().bind(theta);
    var block = Block.allocate(k1, 1, 1, 1);
    block.inputs().fill(0.5f);
    block.targets().fill(-0.5f);
    try (var engine =
        Tbptt.builder(model, theta)
            .truncation(k1, k2)
            .weightPolicy(policy)
            .loss(new MeanSquaredError())
            .build()) {
      for (int update = 0; update < 10; update++) {
        engine.forward(block);
        engine.sweep();
        sgd.step(engine.gradient(), 0.1);
        engine.parametersChanged();
      }
      return ThreeLayers.norm(engine.gradient().values());
    }
  }
}
