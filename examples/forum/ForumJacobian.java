// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import org.bytedeco.pytorch.Tensor;

/**
 * "x_{t+1} = w·x_t with w = 0.2 and x_0 = 0.9: why is dx_3/dw 0.288 and not 0.108?" Because
 * gradients of one sweep were added to those of the sweep before: 0.288 = 0.108 + 0.18. Here every
 * row of the Jacobian is a sweep of its own, over one set of activations.
 *
 * <p>{@code ./unspool run examples/forum/ForumJacobian.java}
 */
public final class ForumJacobian {
  private ForumJacobian() {}

  /** Prints dx_t/dw for t = 1, 2, 3, not truncated and truncated. */
  public static void main(String[] args) {
    System.out.println("dx1/dw, dx2/dw, dx3/dw, by hand 0.9, 0.36, 0.108");
    for (int k2 = 3; k2 >= 1; k2--) {
      float[] rows = rows(k2);
      System.out.printf("k2 = %d: %.4f, %.4f, %.4f%n", k2, rows[0], rows[1], rows[2]);
    }
  }

  /** dx_t/dw, with the state k2 steps before held constant. */
  static float[] rows(int k2) {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w", 1, 1)
            .state("x", 1)
            .step(
                (p, input, s) -> {
                  Tensor x = s.get("x").matmul(p.get("w"));
                  return StepOutput.of(x, x);
                })
            .build();
    var theta = new Parameters(model.parameters());
    theta.set("w", 0.2f);
    var start = new State(model.state(), 1);
    start.set("x", 0.9f);
    var rows = new float[3];
    var dy = Steps.allocate(1, 1, 1);
    dy.fill(1);
    try (var tape = model.open(theta, TapeOptions.training(1, 3))) {
      tape.restore(start);
      for (int t = 0; t < 3; t++) {
        tape.forward(Steps.allocate(1, 1, 1));
        var gradient = new Gradient(model.parameters());
        tape.backward(Math.min(k2, tape.held()), new Adjoint(dy, gradient));
        rows[t] = gradient.get("w")[0];
      }
    }
    return rows;
  }
}
