// SPDX-License-Identifier: Apache-2.0
package cells;

import dev.unspool.model.SplitMix64;
import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import java.util.Locale;

/**
 * A gated cell that keeps what it was four steps ago and not one: it carries a value over a long
 * way in strides, and a gradient goes back through fewer gates.
 *
 * <pre>{@code
 * k, n = W·x + U·h + b
 * h' = σ(k)·h[−4] + (1 − σ(k))·tanh(n)
 * }</pre>
 *
 * <p>{@code ./unspool run examples/cells/DelayedCell.java}, or {@code ./unspool train … --cell
 * examples/cells/DelayedCell.java}.
 */
public final class DelayedCell {
  private DelayedCell() {}

  static Signal cell(Step s, Signal x, int hidden) {
    s.initialise(Initialiser.uniform(1 / Math.sqrt(hidden)));
    s.gates(hidden, "forget", "new");
    Signal h = s.state("h", hidden); // what it was one step ago
    Signal earlier = h.delay(3); // and four
    Signal sums =
        s.linear("weight_ih", "bias", x, 2 * hidden).plus(s.linear("weight_hh", h, 2 * hidden));
    Signal keep = sums.part(0, 2).sigmoid();
    Signal candidate = sums.part(1, 2).tanh();
    return s.next(h, keep.times(earlier).plus(keep.oneMinus().times(candidate)));
  }

  static StepProgram model(int inputs, int hidden, int outputs) {
    return StepProgram.of(
        inputs,
        (s, x) -> {
          Signal h = s.layer(0, () -> cell(s, x, hidden));
          return s.linear("output.weight", "output.bias", h, outputs);
        });
  }

  /** Prints the equations with the states that hold the delay, and what the cell learns. */
  public static void main(String[] args) {
    var model = model(2, 16, 1);
    System.out.println(model);
    System.out.println(model.state().arrays());
    System.out.printf(
        Locale.ROOT,
        "%nAdding problem: mean squared error %.4f (0.1667 without memory)%n",
        MyCell.train(model, model.initialise(new SplitMix64(1)), 3000, 1));
  }
}
