// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.inference.Predictor;
import dev.unspool.model.SplitMix64;
import dev.unspool.torch.LibTorch;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.GRUCellImpl;
import org.bytedeco.pytorch.GRUCellOptions;
import org.bytedeco.pytorch.Tensor;

/**
 * "How do I run the trained model on a test sequence?" Step by step, with the state carried by a
 * predictor; it can be saved, restored and reset.
 *
 * <p>{@code ./unspool run examples/forum/TestSequence.java}
 */
public final class TestSequence {
  private TestSequence() {}

  /** Prints predictions, and those after going back to a saved state. */
  public static void main(String[] args) {
    float[][] runs = runs();
    for (int t = 0; t < runs[0].length; t++) {
      System.out.printf("step %d: %.6f, again %.6f%n", t + 4, runs[0][t], runs[1][t]);
    }
  }

  /** Three predictions after three steps, and once more from the state that was saved there. */
  static float[][] runs() {
    LibTorch.load();
    var cell = new GRUCellImpl(new GRUCellOptions(1, 8));
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .module(cell)
            .state("h", 8)
            .step(
                (p, x, s) -> {
                  Tensor h = cell.forward(x, s.get("h"));
                  return StepOutput.of(h.narrow(1, 0, 1), h);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var runs = new float[2][3];
    try (var predictor = new Predictor(model, theta)) {
      for (int t = 0; t < 3; t++) {
        predictor.step((float) Math.sin(t));
      }
      var saved = predictor.state();
      for (float[] run : runs) {
        predictor.restore(saved);
        for (int t = 0; t < 3; t++) {
          run[t] = predictor.step((float) Math.sin(3 + t))[0];
        }
      }
    }
    return runs;
  }
}
