// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.torch.LibTorch;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.GRUCellImpl;
import org.bytedeco.pytorch.GRUCellOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * "I have several recurrent layers; must I call backward once per layer and step?" No: all layers
 * are one state, and a sweep calls autograd once per step for all of them.
 *
 * <p>{@code ./unspool run examples/forum/ThreeLayers.java}
 */
public final class ThreeLayers {
  private ThreeLayers() {}

  /** Prints the norm of the gradient of each parameter after one sweep. */
  public static void main(String[] args) {
    var gradient = sweep();
    for (var slice : gradient.layout().slices()) {
      System.out.printf("%-18s %.5f%n", slice.name(), norm(gradient.get(slice.name())));
    }
  }

  /** The gradient of one sweep through ten steps of three layers. */
  static Gradient sweep() {
    LibTorch.load();
    var layers =
        new GRUCellImpl[] {
          new GRUCellImpl(new GRUCellOptions(2, 6)),
          new GRUCellImpl(new GRUCellOptions(6, 6)),
          new GRUCellImpl(new GRUCellOptions(6, 6))
        };
    var stack = new Module();
    for (int l = 0; l < layers.length; l++) {
      stack.register_module("layer" + l, layers[l]);
    }
    TorchModel model =
        TorchModel.builder()
            .inputs(2)
            .outputs(6)
            .module(stack)
            .state("h0", 6)
            .state("h1", 6)
            .state("h2", 6)
            .step(
                (p, x, s) -> {
                  Tensor h0 = layers[0].forward(x, s.get("h0"));
                  Tensor h1 = layers[1].forward(h0, s.get("h1"));
                  Tensor h2 = layers[2].forward(h1, s.get("h2"));
                  return StepOutput.of(h2, h0, h1, h2);
                })
            .build();
    var theta = model.initialise(new SplitMix64(1));
    var gradient = new Gradient(model.parameters());
    var x = Steps.allocate(10, 4, 2);
    x.fill(1);
    var dy = Steps.allocate(1, 4, 6);
    dy.fill(1);
    try (var tape = model.open(theta, TapeOptions.training(4, 10))) {
      tape.forward(x);
      tape.backward(10, new Adjoint(dy, gradient));
    }
    return gradient;
  }

  static double norm(float[] values) {
    double norm = 0;
    for (float value : values) {
      norm = Math.hypot(norm, value);
    }
    return norm;
  }
}
