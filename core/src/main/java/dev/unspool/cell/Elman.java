// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.function.UnaryOperator;

/**
 * The simple recurrent network (Elman 1990), with PyTorch's names.
 *
 * <pre>{@code
 * h' = φ(W_ih·x + b_ih + W_hh·h + b_hh)
 * }</pre>
 *
 * @param activation φ
 */
public record Elman(UnaryOperator<Signal> activation) implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    return s.next(h, activation.apply(Gates.together(s, x, h, "hidden")));
  }
}
