// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.Initialiser;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.function.UnaryOperator;

/**
 * Recurrent trace unit (Elelimy et al. 2024, <i>Real-Time Recurrent Learning using Trace Units in
 * Reinforcement Learning</i>, section 4): a complex state, each unit of which is carried by itself,
 * with exact real-time recurrent learning in mind.
 *
 * <pre>{@code
 * r = exp(−exp(nu_log)), θ = exp(theta_log), γ = √(1 − r²)
 * a = r·cos θ·h_re − r·sin θ·h_im + γ·(W_re·x)
 * b = r·cos θ·h_im + r·sin θ·h_re + γ·(W_im·x)
 * linear:     h_re' = a,    h_im' = b,    y = (f(a), f(b))
 * non-linear: h_re' = f(a), h_im' = f(b), y = (h_re', h_im')
 * }</pre>
 *
 * <p>The output has 2H units. {@code weight_ih} (2H × inputs) holds W_re, then W_im.
 *
 * @param form where f stands
 * @param activation f
 * @param ring where r and θ begin
 */
public record Rtu(Form form, Activation activation, Ring ring) implements RecurrentCell {
  /** Where the non-linear function stands. */
  public enum Form {
    /** In the output alone. */
    LINEAR,
    /** In the recurrence. */
    NONLINEAR
  }

  /** The non-linear function. */
  public enum Activation {
    /** The rectifier. */
    RELU(Signal::relu),
    /** The hyperbolic tangent. */
    TANH(Signal::tanh);

    private final UnaryOperator<Signal> function;

    Activation(UnaryOperator<Signal> function) {
      this.function = function;
    }
  }

  @Override
  public int outputs(int hidden) {
    return Math.multiplyExact(2, hidden);
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal re = s.state("h_re", hidden);
    Signal im = s.state("h_im", hidden);
    var lambda = ring.eigenvalues(s, hidden);
    Signal gamma = lambda.normalisation();
    s.initialise(Initialiser.normal(1 / Math.sqrt(x.width())));
    Signal w = s.linear("weight_ih", x, 2 * hidden);
    Signal a = lambda.real(re, im).plus(gamma.times(w.part(0, 2)));
    Signal b = lambda.imaginary(re, im).plus(gamma.times(w.part(1, 2)));
    boolean linear = form == Form.LINEAR;
    Signal fa = activation.function.apply(a);
    Signal fb = activation.function.apply(b);
    s.next(re, linear ? a : fa);
    s.next(im, linear ? b : fb);
    return s.join(fa, fb);
  }
}
