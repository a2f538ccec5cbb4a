// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * A cell with zoneout (Krueger et al. 2017, <i>Zoneout: Regularizing RNNs by Randomly Preserving
 * Hidden Activations</i>, section 3): while training, each unit of each state keeps its old value
 * with a probability, drawn anew at each step; otherwise it becomes what is expected of that.
 *
 * <pre>{@code
 * s' = k·F(s) + (1 − k)·s       k = 0 with probability p, else 1; 1 − p where nobody trains
 * }</pre>
 *
 * <p>The equations of a cell see F(s), as those of the paper's LSTM do in o·tanh(c'); its output is
 * computed of s'. States that say nothing by themselves go on as they do without it: c, n and m of
 * {@link Slstm}.
 *
 * @param cell F
 * @param probability p, at least 0 and below 1
 */
public record Zoneout(RecurrentCell cell, double probability) implements RecurrentCell {
  /** Checks the probability. */
  public Zoneout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "zoneout must be at least 0 and below 1, found " + probability);
    }
  }

  @Override
  public int outputs(int hidden) {
    return cell.outputs(hidden);
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    return s.carrying((old, next) -> kept(s, old, next), () -> cell.write(s, x, hidden));
  }

  private Signal kept(Step s, Signal old, Signal next) {
    Signal k = s.dropoutMask(old.width(), probability, 1).times(1 - probability);
    return k.times(next).plus(k.oneMinus().times(old));
  }
}
