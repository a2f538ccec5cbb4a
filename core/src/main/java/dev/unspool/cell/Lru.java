// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.Initialiser;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Linear recurrent unit (Orvieto et al. 2023, <i>Resurrecting Recurrent Neural Networks for Long
 * Sequences</i>, section 3 and appendix A): a complex state, each unit of which is carried by
 * itself. Complex numbers are pairs of real arrays.
 *
 * <pre>{@code
 * λ = exp(−exp(nu_log) + i·exp(theta_log))
 * s' = λ·s + exp(gamma_log)·(B·x)
 * y = Re(C·s') + D·x
 * }</pre>
 *
 * <p>States {@code h_re} and {@code h_im} of N units each; {@code B} (2N × inputs) holds the real
 * rows, then the imaginary ones; {@code C_re} and {@code C_im} are H × N, {@code D} is H × inputs,
 * since a layer need not be as wide as its input. gamma_log begins as log √(1 − |λ|²), so that
 * states are about as large as inputs, and is learned.
 *
 * @param units N, the complex units; 0: as many as outputs
 * @param ring where λ begins
 */
public record Lru(int units, Ring ring) implements RecurrentCell {
  /** Checks the size. */
  public Lru {
    if (units < 0) {
      throw new IllegalArgumentException(
          "units=%s: a layer has complex units; leave it out for as many as outputs"
              .formatted(units));
    }
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    int n = units == 0 ? hidden : units;
    Signal re = s.state("h_re", n);
    Signal im = s.state("h_im", n);
    var lambda = ring.eigenvalues(s, n);
    int sinceNu = 2 * n; // nu_log, theta_log
    s.initialise(Initialiser.of(sinceNu, nu -> Math.log(-Math.expm1(-2 * Math.exp(nu))) / 2));
    Signal gamma = s.vector("gamma_log", n).exp();
    s.initialise(Initialiser.normal(1 / Math.sqrt(2 * x.width())));
    Signal b = s.linear("B", x, 2 * n);
    Signal nextRe = s.next(re, lambda.real(re, im).plus(gamma.times(b.part(0, 2))));
    Signal nextIm = s.next(im, lambda.imaginary(re, im).plus(gamma.times(b.part(1, 2))));
    s.initialise(Initialiser.normal(1 / Math.sqrt(n)));
    Signal y = s.linear("C_re", nextRe, hidden).minus(s.linear("C_im", nextIm, hidden));
    s.initialise(Initialiser.normal(1 / Math.sqrt(x.width())));
    return y.plus(s.linear("D", x, hidden));
  }
}
