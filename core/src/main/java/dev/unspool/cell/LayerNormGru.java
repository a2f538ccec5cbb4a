// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.cell.LayerNorm.Over;
import dev.unspool.step.Initialiser;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Gated recurrent unit with layer normalisation (Ba, Kiros and Hinton 2016, equations 23 to 25),
 * with the gate order of {@link Gru}.
 *
 * <pre>{@code
 * a = LN_x(W_ih·x) + b_ih
 * b = LN_h(W_hh·h) + b_hh
 * r = σ(a_r + b_r)
 * z = σ(a_z + b_z)
 * n = tanh(a_n + r·b_n)
 * h' = (1 − z)·n + z·h
 * LN(a) = (a − mean a) / √(var a + 10⁻⁵)·gain
 * }</pre>
 *
 * <p>{@code norm_ih} and {@code norm_hh} (3H) are gains and begin as 1, {@code bias_ih} and {@code
 * bias_hh} (3H) begin as 0. In the paper, the gate z lets the new in; here, as in PyTorch, it keeps
 * the old.
 *
 * @param over which units are one layer: {@link Over#APART} in the paper, {@link Over#TOGETHER} in
 *     haste
 */
public record LayerNormGru(Over over) implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    s.gates(hidden, "reset", "update", "new");
    Signal input = s.linear("weight_ih", x, 3 * hidden);
    Signal recurrent = s.linear("weight_hh", h, 3 * hidden);
    Signal scaledInput = LayerNorm.gates(s, "norm_ih", input, 3, over);
    Signal scaledRecurrent = LayerNorm.gates(s, "norm_hh", recurrent, 3, over);
    s.initialise(Initialiser.constant(0));
    Signal a = scaledInput.plus(s.vector("bias_ih", 3 * hidden));
    Signal b = scaledRecurrent.plus(s.vector("bias_hh", 3 * hidden));
    Signal r = a.part(0, 3).plus(b.part(0, 3)).sigmoid();
    Signal z = a.part(1, 3).plus(b.part(1, 3)).sigmoid();
    Signal n = a.part(2, 3).plus(r.times(b.part(2, 3))).tanh();
    return s.next(h, z.oneMinus().times(n).plus(z.times(h)));
  }
}
