// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), with
 * PyTorch's gate order i, f, g, o and PyTorch's names.
 *
 * <pre>{@code
 * i = σ(W_ii·x + b_ii + W_hi·h + b_hi)
 * f = σ(W_if·x + b_if + W_hf·h + b_hf)
 * g = tanh(W_ig·x + b_ig + W_hg·h + b_hg)
 * o = σ(W_io·x + b_io + W_ho·h + b_ho)
 * c' = f·c + i·g
 * h' = o·tanh(c')
 * }</pre>
 */
public final class Lstm implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    Signal z = Gates.together(s, x, h, "input", "forget", "cell", "output");
    Signal i = z.part(0, 4).sigmoid();
    Signal f = z.part(1, 4).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal o = z.part(3, 4).sigmoid();
    Signal next = s.next(c, f.times(c).plus(i.times(g)));
    return s.next(h, o.times(next.tanh()));
  }
}
