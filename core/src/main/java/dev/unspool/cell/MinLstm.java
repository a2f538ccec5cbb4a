// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * minLSTM (Feng et al. 2024, <i>Were RNNs All We Needed?</i>, section 3.2): an LSTM whose gates and
 * candidate see the input alone and whose gates add up to 1, so that each unit is carried by
 * itself.
 *
 * <pre>{@code
 * f = σ(W_f·x + b_f)
 * i = σ(W_i·x + b_i)
 * g = W_g·x + b_g
 * h' = f / (f + i)·h + i / (f + i)·g
 * }</pre>
 *
 * <p>{@code weight_ih} and {@code bias_ih} hold f, i, then g.
 */
public record MinLstm() implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    s.gates(hidden, "forget", "input", "cell");
    Signal a = s.linear("weight_ih", "bias_ih", x, 3 * hidden);
    // f / (f + i) = σ(log f − log i), which is a number also where both gates round to 0.
    Signal logF = a.part(0, 3).negated().softplus().negated();
    Signal logI = a.part(1, 3).negated().softplus().negated();
    Signal kept = logF.minus(logI);
    Signal g = a.part(2, 3);
    return s.next(h, kept.sigmoid().times(h).plus(kept.negated().sigmoid().times(g)));
  }
}
