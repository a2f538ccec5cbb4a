// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.torch.LibTorch;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.LSTMCellImpl;
import org.bytedeco.pytorch.T_TensorTensor_T;

/**
 * "An LSTM cell returns (h, c). What do I detach, and what do I pass to backward?" Nothing and
 * nothing: name both as state, and both are carried, cut and differentiated.
 *
 * <p>{@code ./unspool run examples/forum/LstmCellModule.java}
 */
public final class LstmCellModule {
  private LstmCellModule() {}

  /** Prints how strongly the last output hangs on h and on c of earlier steps. */
  public static void main(String[] args) {
    double[][] norms = norms();
    System.out.println("|dL/dh| and |dL/dc| of the state that each step began with");
    for (int t = 0; t < norms[0].length; t++) {
      System.out.printf("step %d: %.5f %.5f%n", t + 1, norms[0][t], norms[1][t]);
    }
  }

  /** Norms of ∂L/∂h and ∂L/∂c before each of six steps, L being the sum of the last output. */
  static double[][] norms() {
    LibTorch.load();
    var cell = new LSTMCellImpl(3, 8);
    TorchModel model =
        TorchModel.builder()
            .inputs(3)
            .outputs(8)
            .module(cell)
            .state("h", 8)
            .state("c", 8)
            .step(
                (p, x, s) -> {
                  var next = cell.forward(x, new T_TensorTensor_T(s.get("h"), s.get("c")));
                  return StepOutput.of(next.get0(), next.get0(), next.get1());
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var x = Steps.allocate(6, 1, 3);
    x.fill(0.5f);
    var sensitivities = new Sensitivities(model, 6, 1);
    try (var tape = model.open(theta, TapeOptions.training(1, 6).withSensitivities())) {
      tape.forward(x);
      var dy = Steps.allocate(1, 1, 8);
      dy.fill(1);
      tape.backward(6, new Adjoint(dy, new Gradient(model.parameters()), sensitivities));
    }
    return new double[][] {norms(sensitivities.state("h")), norms(sensitivities.state("c"))};
  }

  private static double[] norms(Steps steps) {
    var norms = new double[steps.steps()];
    for (int t = 0; t < norms.length; t++) {
      for (int f = 0; f < steps.features(); f++) {
        norms[t] = Math.hypot(norms[t], steps.get(t, 0, f));
      }
    }
    return norms;
  }
}
