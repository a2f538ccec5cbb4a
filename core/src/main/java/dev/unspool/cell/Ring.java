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
 * <p>λ and θ are learned as logarithms in float32, of which 0 has none: so no ring lies within a
 * millionth of |λ| = 1 or 0, and no phase is smaller than a millionth.
 *
 * @param least smallest |λ|, 0 to 0.999999
 * @param largest largest |λ|, above {@code least} and 0.000001, at most 1
 * @param phase largest θ in radians, 0.000001 to 2π
 */
public record Ring(double least, double largest, double phase) {
  /** The whole disc. */
  public static final Ring WHOLE = new Ring(0, 1, 2 * Math.PI);

  private static final double TINY = 1e-6;

  /** Checks the ranges. */
  public Ring {
    if (!(least >= 0 && least < largest && largest <= 1)) {
      throw new IllegalArgumentException(
          "a ring must be 0 ≤ least < largest ≤ 1, found least=%s, largest=%s"
              .formatted(least, largest));
    }
    if (least > 1 - TINY || largest < TINY) {
      throw new IllegalArgumentException(
          "a ring must have least ≤ 0.999999 and largest ≥ 0.000001, found least=%s, largest=%s"
              .formatted(least, largest));
    }
    if (!(phase >= TINY && phase <= 2 * Math.PI)) {
      throw new IllegalArgumentException(
          "an angle goes once around the circle at the most: 0.000001 ≤ phase ≤ 2π (%s), found phase=%s"
              .formatted(2 * Math.PI, phase));
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
