// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * sLSTM (Beck et al. 2024, <i>xLSTM: Extended Long Short-Term Memory</i>, section 2.2 and appendix
 * A.2): a scalar memory with an exponential input gate, a normaliser and a stabiliser.
 *
 * <pre>{@code
 * (i, f, g, o) = W_ih·x + R·h + b
 * l = log σ(f), or f where the forget gate is exponential
 * m' = max(l + m, i)
 * c' = exp(l + m − m')·c + exp(i − m')·tanh(g)
 * n' = exp(l + m − m')·n + exp(i − m')
 * h' = σ(o)·c' / n'
 * y = GN(h')
 * }</pre>
 *
 * <p>R is block-diagonal: the units of a head see the h of that head alone, through {@code
 * weight_hh_head<k>} (4·H/heads × H/heads). GN normalises each head to mean 0 and variance 1, times
 * the gain {@code norm} (H), which begins as 1. Where a sequence begins, m is so small that the
 * first step forgets all, as in the authors' code; c, n and m begin so also where initial states
 * are learned.
 *
 * <p>In h, m cancels out. It is differentiated as the function that it is, as the authors'
 * reference code does: the gradient is exact. What a unit remembers is c·e^m, so that c, n and m go
 * on together, also in a part that is carried otherwise ({@link Zoneout} keeps units of h alone).
 *
 * @param heads blocks of R, of which H must be a multiple; at least 1
 * @param forget what the forget gate is
 * @param norm what is done to the output
 */
public record Slstm(int heads, Forget forget, Norm norm) implements RecurrentCell {
  /** Far below every gate, and finite: its differences are numbers. */
  private static final double NOTHING_YET = -1e30;

  /** What the forget gate is. */
  public enum Forget {
    /** Between 0 and 1. */
    SIGMOID,
    /** Any positive number. */
    EXPONENTIAL
  }

  /** What is done to the output. */
  public enum Norm {
    /** GN. */
    GROUP,
    /** y = h'. */
    NONE
  }

  /** Checks the number of heads. */
  public Slstm {
    if (heads < 1) {
      throw new IllegalArgumentException("heads=%s: there is at least one".formatted(heads));
    }
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    if (hidden % heads != 0) {
      throw new IllegalArgumentException(
          "heads=%s: %s units cannot be shared among them alike; choose a divisor of the units"
              .formatted(heads, hidden));
    }
    if (hidden == heads && norm == Norm.GROUP) {
      throw new IllegalArgumentException(
          "heads=%s: heads of one unit are 0 once they are normalised; use fewer, or norm=none"
              .formatted(heads));
    }
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden, s.constant(0));
    Signal n = s.state("n", hidden, s.constant(0));
    Signal m = s.state("m", hidden, s.constant(NOTHING_YET));
    // An exponential gate that is to forget little has a bias of about 0, and not a large one.
    String second = forget == Forget.SIGMOID ? "forget" : "exponential forget";
    s.gates(hidden, "input", second, "cell", "output");
    Signal z = s.linear("weight_ih", "bias", x, 4 * hidden).plus(recurrent(s, h));
    Signal input = z.part(0, 4);
    Signal f = z.part(1, 4);
    Signal kept = (forget == Forget.SIGMOID ? f.negated().softplus().negated() : f).plus(m);
    Signal most = s.nextAsIs(m, kept.max(input));
    Signal keep = kept.minus(most).exp();
    Signal let = input.minus(most).exp();
    Signal nextC = s.nextAsIs(c, keep.times(c).plus(let.times(z.part(2, 4).tanh())));
    Signal nextN = s.nextAsIs(n, keep.times(n).plus(let));
    Signal next = s.next(h, z.part(3, 4).sigmoid().times(nextC).over(nextN));
    return norm == Norm.NONE ? next : LayerNorm.ofGroups(s, "norm", next, heads);
  }

  /** R·h, all heads of a gate side by side. */
  private Signal recurrent(Step s, Signal h) {
    int units = h.width() / heads;
    s.gates(units, "input", "forget", "cell", "output"); // of matrices
    var blocks = new Signal[heads];
    for (int k = 0; k < heads; k++) {
      blocks[k] = s.linear("weight_hh_head" + k, h.part(k, heads), 4 * units);
    }
    var gates = new Signal[4 * heads];
    for (int j = 0; j < gates.length; j++) {
      gates[j] = blocks[j % heads].part(j / heads, 4);
    }
    return heads == 1 ? blocks[0] : s.join(gates);
  }
}
