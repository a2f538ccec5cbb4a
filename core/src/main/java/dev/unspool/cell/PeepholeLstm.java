// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Long short-term memory whose gates see the cell (Gers and Schmidhuber 2000; Gers, Schraudolph and
 * Schmidhuber 2002, equations 3 to 8), with the gate order and the names of {@link Lstm}.
 *
 * <pre>{@code
 * i = σ(W_ii·x + b_ii + W_hi·h + b_hi + w_ci·c)
 * f = σ(W_if·x + b_if + W_hf·h + b_hf + w_cf·c)
 * g = tanh(W_ig·x + b_ig + W_hg·h + b_hg)
 * c' = f·c + i·g
 * o = σ(W_io·x + b_io + W_ho·h + b_ho + w_co·c')
 * h' = o·tanh(c')
 * }</pre>
 *
 * <p>{@code weight_ci}, {@code weight_cf} and {@code weight_co} have H values each: a gate sees the
 * cell of its own unit.
 */
public record PeepholeLstm() implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    Signal z = Gates.together(s, x, h, "input", "forget", "cell", "output");
    Signal i = z.part(0, 4).plus(s.vector("weight_ci", hidden).times(c)).sigmoid();
    Signal f = z.part(1, 4).plus(s.vector("weight_cf", hidden).times(c)).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal next = s.next(c, f.times(c).plus(i.times(g)));
    Signal o = z.part(3, 4).plus(s.vector("weight_co", hidden).times(next)).sigmoid();
    return s.next(h, o.times(next.tanh()));
  }
}
