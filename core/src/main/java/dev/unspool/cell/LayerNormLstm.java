// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.cell.LayerNorm.Over;
import dev.unspool.step.Initialiser;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Long short-term memory with layer normalisation (Ba, Kiros and Hinton 2016, equations 20 to 22),
 * with the gate order of {@link Lstm}.
 *
 * <pre>{@code
 * (i, f, g, o) = LN_x(W_ih·x) + LN_h(W_hh·h) + b
 * c' = σ(f)·c + σ(i)·tanh(g)
 * h' = σ(o)·tanh(LN_c(c'))
 * LN(a) = (a − mean a) / √(var a + 10⁻⁵)·gain
 * }</pre>
 *
 * <p>{@code norm_ih} and {@code norm_hh} (4H) and {@code norm_c} (H) are gains and begin as 1,
 * {@code bias} (4H) and {@code bias_c} (H), which is added to LN_c, begin as 0. The paper adds a
 * bias to each LN and b to both: their sum is one bias.
 *
 * @param over which units are one layer: {@link Over#TOGETHER} in the paper
 * @param cell where the cell is normalised
 */
public record LayerNormLstm(Over over, CellNorm cell) implements RecurrentCell {
  /** Where the cell is normalised. */
  public enum CellNorm {
    /** In what the output sees of it, as in the paper and in haste. */
    OUTPUT,
    /** In what is carried, c' = LN_c(…), as in PyTorch's example of a custom LSTM. */
    STATE,
    /** Nowhere: there is no LN_c. */
    NONE
  }

  /** Checks what there is to normalise. */
  public LayerNormLstm {
    if (over == Over.APART) {
      throw new IllegalArgumentException("an LSTM has its gates normalised together or each");
    }
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    s.gates(hidden, "input", "forget", "cell", "output");
    Signal input = s.linear("weight_ih", x, 4 * hidden);
    Signal recurrent = s.linear("weight_hh", h, 4 * hidden);
    Signal a =
        LayerNorm.gates(s, "norm_ih", input, 4, over)
            .plus(LayerNorm.gates(s, "norm_hh", recurrent, 4, over));
    s.initialise(Initialiser.constant(0));
    Signal z = a.plus(s.vector("bias", 4 * hidden));
    Signal i = z.part(0, 4).sigmoid();
    Signal f = z.part(1, 4).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal o = z.part(3, 4).sigmoid();
    Signal sum = f.times(c).plus(i.times(g));
    Signal seen = cell == CellNorm.NONE ? sum : normalised(s, sum);
    s.next(c, cell == CellNorm.STATE ? seen : sum);
    return s.next(h, o.times(seen.tanh()));
  }

  private static Signal normalised(Step s, Signal c) {
    Signal scaled = LayerNorm.of(s, "norm_c", c);
    s.initialise(Initialiser.constant(0));
    return scaled.plus(s.vector("bias_c", c.width()));
  }
}
