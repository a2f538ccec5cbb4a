// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.random.RandomGenerator;

/**
 * Where the eigenvalues λ = e^(−ν + iθ) of a diagonal recurrence begin: uniformly in a part of the
 * unit disc (Orvieto et al. 2023, <i>Resurrecting Recurrent Neural Networks for Long Sequences</i>,
 * lemma 3.2). Learned are log ν and log θ, so that |λ| &lt; 1 whatever they become.
 *
 * @param least smallest |λ|, at least 0
 * @param largest largest |λ|, above {@code least}, at most 1
 * @param phase largest θ in radians, above 0
 */
public record Ring(double least, double largest, double phase) {
  /** The whole disc. */
  public static final Ring WHOLE = new Ring(0, 1, 2 * Math.PI);

  /** Checks the ranges. */
  public Ring {
    if (!(least >= 0 && least < largest && largest <= 1)) {
      throw new IllegalArgumentException(
          "a ring must be 0 ≤ least < largest ≤ 1, found %s to %s".formatted(least, largest));
    }
    if (!(phase > 0 && Double.isFinite(phase))) {
      throw new IllegalArgumentException("a phase must be above 0, found " + phase);
    }
  }

  /**
   * The eigenvalues, which depend on parameters alone.
   *
   * @param decay ν
   * @param real |λ|·cos θ
   * @param imaginary |λ|·sin θ
   */
  record Eigenvalues(Signal decay, Signal real, Signal imaginary) {
    /** √(1 − |λ|²), with which a state is about as large as what drives it. */
    Signal normalisation() {
      // 1 − e^(−2ν), which loses its digits where ν is small, is 2·t / (1 + t) with t = tanh ν.
      Signal t = decay.tanh();
      return t.times(2).over(t.plus(1)).sqrt();
    }

    /** The real part of λ·h. */
    Signal real(Signal re, Signal im) {
      return real.times(re).minus(imaginary.times(im));
    }

    /** The imaginary part of λ·h. */
    Signal imaginary(Signal re, Signal im) {
      return real.times(im).plus(imaginary.times(re));
    }
  }

  /** Declares {@code nu_log} and {@code theta_log}. */
  Eigenvalues eigenvalues(Step s, int units) {
    s.initialise(
        Initialiser.each(random -> Math.log(-Math.log(squaredModulus(uniform(random))) / 2)));
    Signal decay = s.vector("nu_log", units).exp();
    Signal modulus = decay.negated().exp();
    s.initialise(Initialiser.each(random -> Math.log(phase * uniform(random))));
    Signal angle = s.vector("theta_log", units).exp();
    return new Eigenvalues(decay, modulus.times(angle.cos()), modulus.times(angle.sin()));
  }

  /** |λ|² of a point that is uniform in area. */
  private double squaredModulus(double u) {
    return least * least + u * (largest * largest - least * least);
  }

  /** Uniform in (0, 1), both ends left out: at them, the logarithms are not finite. */
  private static double uniform(RandomGenerator random) {
    return (random.nextInt(1 << 24) + 0.5) / (1 << 24);
  }
}
