// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Long short-term memory whose output is projected (Sak, Senior and Beaufays 2014), as PyTorch has
 * it under {@code proj_size}, with PyTorch's names.
 *
 * <pre>{@code
 * i, f, g, o, c' as in Lstm, with h of P units
 * h' = W_hr·(o·tanh(c'))
 * }</pre>
 *
 * <p>{@code weight_hh} is 4H × P, {@code weight_hr} P × H. The output has P units.
 *
 * @param size P, less than H as in PyTorch; 0: half of H, rounded up
 */
public record ProjectedLstm(int size) implements RecurrentCell {
  /** What PyTorch calls W_hr within the layer. */
  public static final String WEIGHT = "weight_hr";

  /** Checks the size. */
  public ProjectedLstm {
    if (size < 0) {
      throw new IllegalArgumentException("size=%s: a projection has units".formatted(size));
    }
  }

  @Override
  public int outputs(int hidden) {
    if (size >= hidden) {
      throw new IllegalArgumentException(
          "size=%s: a projection is smaller than the layer, which has %s units; leave size out for half of them"
              .formatted(size, hidden));
    }
    return size == 0 ? Math.ceilDiv(hidden, 2) : size;
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", outputs(hidden));
    Signal c = s.state("c", hidden);
    var gates = Gates.of(s, x, h, hidden, "input", "forget", "cell", "output");
    Signal z = gates.input().plus(gates.recurrent());
    Signal i = z.part(0, 4).sigmoid();
    Signal f = z.part(1, 4).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal o = z.part(3, 4).sigmoid();
    Signal next = s.next(c, f.times(c).plus(i.times(g)));
    return s.next(h, s.linear(WEIGHT, o.times(next.tanh()), outputs(hidden)));
  }
}
