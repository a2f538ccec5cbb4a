// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;

/** What is done to a gradient that is too large. */
public sealed interface Clipping {
  /**
   * Clips a gradient that is finite; one that is not is left as it is.
   *
   * @param gradient modified
   * @return the Euclidean norm of the whole gradient before clipping
   */
  double apply(float[] gradient);

  /** Leaves every gradient as it is. */
  static Clipping none() {
    return new None();
  }

  /**
   * Scales the whole gradient down to the norm {@code limit} when it is longer (Pascanu, Mikolov
   * and Bengio, "On the difficulty of training recurrent neural networks", 2013). Keeps its
   * direction.
   */
  static Clipping byNorm(double limit) {
    return new Norm(limit);
  }

  /** Cuts each value off at ±{@code limit}. */
  static Clipping byValue(double limit) {
    return new Value(limit);
  }

  /** See {@link #none()}. */
  record None() implements Clipping {
    @Override
    public double apply(float[] gradient) {
      return norm(gradient);
    }
  }

  /**
   * See {@link #byNorm}.
   *
   * @param limit above 0
   */
  record Norm(double limit) implements Clipping {
    /** Checks the range. */
    public Norm {
      requireLimit(limit);
    }

    @Override
    public double apply(float[] gradient) {
      double norm = norm(gradient);
      if (norm > limit && Double.isFinite(norm)) {
        Kernels.get().scale(gradient, (float) (limit / norm));
      }
      return norm;
    }
  }

  /**
   * See {@link #byValue}.
   *
   * @param limit above 0
   */
  record Value(double limit) implements Clipping {
    /** Checks the range. */
    public Value {
      requireLimit(limit);
    }

    @Override
    public double apply(float[] gradient) {
      double norm = norm(gradient);
      if (Double.isFinite(norm)) {
        float bound = (float) limit;
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = Math.clamp(gradient[i], -bound, bound);
        }
      }
      return norm;
    }
  }

  private static double norm(float[] gradient) {
    return Math.sqrt(Kernels.get().sumOfSquares(gradient));
  }

  private static void requireLimit(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("the limit of clipping must be above 0, found " + limit);
    }
  }
}
