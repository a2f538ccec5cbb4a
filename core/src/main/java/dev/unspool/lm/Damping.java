// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/**
 * How λ follows success and failure. λ multiplies the squared scale of each parameter (Marquardt
 * 1963: the diagonal of JᵀJ), so it has no unit: above 1 steps follow the gradient, below 1 they
 * are Gauss and Newton's.
 */
public sealed interface Damping {
  /** The first λ. */
  double initial();

  /** What the rule remembers. */
  record State(double lambda, double growth) {}

  /** Where the rule begins. */
  default State start() {
    return new State(initial(), 2);
  }

  /**
   * After a step that was taken.
   *
   * @param gain decrease of the cost, divided by what the linear model promised
   */
  State accepted(State state, double gain);

  /** After a step that was not taken. */
  State rejected(State state);

  /**
   * λ shrinks with the gain ratio and grows ever faster while steps fail (Nielsen, "Damping
   * Parameter in Marquardt's Method", 1999).
   */
  record Nielsen(double initial) implements Damping {
    /** Checks the range. */
    public Nielsen {
      requirePositive(initial);
    }

    @Override
    public State accepted(State state, double gain) {
      double cubed = Math.pow(2 * gain - 1, 3);
      return new State(floor(state.lambda() * Math.max(1.0 / 3, 1 - cubed)), 2);
    }

    @Override
    public State rejected(State state) {
      return new State(state.lambda() * state.growth(), 2 * state.growth());
    }
  }

  /**
   * λ is divided by a factor after a step and multiplied by it after a failure (Marquardt 1963).
   */
  record Factor(double initial, double factor) implements Damping {
    /** Checks the ranges. */
    public Factor {
      requirePositive(initial);
      if (!(factor > 1)) {
        throw new IllegalArgumentException("the factor must be above 1, found " + factor);
      }
    }

    @Override
    public State accepted(State state, double gain) {
      return new State(floor(state.lambda() / factor), factor);
    }

    @Override
    public State rejected(State state) {
      return new State(state.lambda() * factor, factor);
    }
  }

  /** Nielsen's rule from 10⁻². */
  static Damping nielsen() {
    return new Nielsen(1e-2);
  }

  /** Tenfold up and down from 10⁻². */
  static Damping timesTen() {
    return new Factor(1e-2, 10);
  }

  private static void requirePositive(double lambda) {
    if (!(lambda > 0) || Double.isInfinite(lambda)) {
      throw new IllegalArgumentException("the first λ must be above 0 and finite, found " + lambda);
    }
  }

  private static double floor(double lambda) {
    return Math.max(lambda, 1e-15);
  }
}
