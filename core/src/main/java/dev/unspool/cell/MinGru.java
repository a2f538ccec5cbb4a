// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * minGRU (Feng et al. 2024, <i>Were RNNs All We Needed?</i>, section 3.1): a GRU whose gate and
 * candidate see the input alone, so that each unit is carried by itself.
 *
 * <pre>{@code
 * z = σ(W_z·x + b_z)
 * n = W_n·x + b_n
 * h' = (1 − z)·h + z·n
 * }</pre>
 *
 * <p>{@code weight_ih} and {@code bias_ih} hold z, then n. The gate z lets the input in.
 */
public record MinGru() implements RecurrentCell {
  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    s.gates(hidden, "input", "new");
    Signal a = s.linear("weight_ih", "bias_ih", x, 2 * hidden);
    Signal z = a.part(0, 2).sigmoid();
    Signal n = a.part(1, 2);
    return s.next(h, z.oneMinus().times(h).plus(z.times(n)));
  }
}
