// SPDX-License-Identifier: Apache-2.0
package cells;

import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;

/**
 * Layers of different cells, and more than layers: taps on the input, a connection around a layer,
 * normalisation between two, and a small network as the output.
 *
 * <p>{@code ./unspool run examples/cells/Stack.java}
 */
public final class Stack {
  private Stack() {}

  static StepProgram model(int inputs) {
    return StepProgram.of(
        inputs,
        (s, x) -> {
          // What the input was now, one and five steps ago.
          Signal taps = s.join(x, x.delay(1), x.delay(5));
          s.initialise(Initialiser.uniform(0.2));
          Signal below = s.linear("input.weight", "input.bias", taps, 24);

          Signal first = s.layer(0, () -> new Lstm().write(s, below, 24)).plus(below);
          Signal normal = s.within("norm", () -> MyCell.normalised(s, first));
          Signal second = s.layer(1, () -> new Gru().write(s, normal, 16));

          Signal wide = s.linear("head.weight", "head.bias", second, 32).relu();
          return s.linear("output.weight", "output.bias", wide, 1);
        });
  }

  /** Prints the equations, the parameters, and the size of a gradient forty steps deep. */
  public static void main(String[] args) {
    var model = model(2);
    System.out.println(model);
    System.out.println();
    System.out.println(model.parameters());
    System.out.println();
    System.out.println("A sweep of 40 steps: |gradient| = " + gradientNorm(model));
  }

  static double gradientNorm(StepProgram model) {
    var theta = model.initialise(new SplitMix64(1));
    var gradient = new Gradient(model.parameters());
    try (var tape = model.open(theta, TapeOptions.training(1, 40))) {
      var x = Steps.allocate(40, 1, model.inputs());
      x.fill(0.5f);
      tape.forward(x);
      var one = Steps.allocate(1, 1, 1);
      one.fill(1);
      tape.backward(40, new Adjoint(one, gradient));
    }
    double sum = 0;
    for (float g : gradient.values()) {
      sum += g * g;
    }
    return Math.sqrt(sum);
  }
}
