// SPDX-License-Identifier: Apache-2.0
package cells;

import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import java.util.Locale;

/**
 * A small network as the output of a recurrent layer. Nothing recurs in it, so it runs for a whole
 * block of steps at once, and only where a loss looks.
 *
 * <p>{@code ./unspool run examples/cells/MlpHead.java}; with the command line, {@code --head
 * 32,16}.
 */
public final class MlpHead {
  private MlpHead() {}

  static StepProgram model(int inputs, int hidden, int outputs) {
    return StepProgram.of(
        inputs,
        (s, x) -> {
          s.initialise(Initialiser.uniform(1 / Math.sqrt(hidden)));
          Signal h = s.layer(0, () -> Cell.GRU.write(s, x, hidden));
          Signal wide = s.within("head.0", () -> linear(s, h, 32)).gelu();
          Signal narrow = s.within("head.1", () -> linear(s, wide, 16)).gelu();
          return s.within("output", () -> linear(s, narrow, outputs));
        });
  }

  /** A linear map with PyTorch's names and initial values. */
  private static Signal linear(Step s, Signal x, int outputs) {
    s.initialise(Initialiser.uniform(1 / Math.sqrt(x.width())));
    return s.linear("weight", "bias", x, outputs);
  }

  /** Prints the equations, and what the model learns. */
  public static void main(String[] args) {
    var model = model(2, 16, 1);
    System.out.println(model);
    System.out.printf(
        Locale.ROOT,
        "%nAdding problem: mean squared error %.4f (0.1667 without memory)%n",
        MyCell.train(model, model.initialise(new SplitMix64(1)), 3000, 1));
  }
}
