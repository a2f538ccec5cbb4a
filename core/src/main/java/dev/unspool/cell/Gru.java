// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Gated recurrent unit (Cho et al. 2014), with PyTorch's gate order r, z, n and PyTorch's names;
 * the reset gate acts on the recurrent product.
 *
 * <pre>{@code
 * r = σ(W_ir·x + b_ir + W_hr·h + b_hr)
 * z = σ(W_iz·x + b_iz + W_hz·h + b_hz)
 * n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn))
 * h' = (1 − z)·n + z·h
 * }</pre>
 */
public final class Gru implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    var gates = Gates.of(s, x, h, "reset", "update", "new");
    Signal a = gates.input();
    Signal b = gates.recurrent();
    Signal r = a.part(0, 3).plus(b.part(0, 3)).sigmoid();
    Signal z = a.part(1, 3).plus(b.part(1, 3)).sigmoid();
    Signal n = a.part(2, 3).plus(r.times(b.part(2, 3))).tanh();
    return s.next(h, z.oneMinus().times(n).plus(z.times(h)));
  }
}
