// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;

/**
 * Keeps a gradient from growing too large. A gradient with a value that is not finite is left as it
 * is, and the norm returned says so: such an update is to be skipped, and scaling would spread NaN.
 */
public sealed interface Clipping {
  /**
   * Clips in place.
   *
   * @param gradient the whole of it, modified if it is too large and finite
   * @return its Euclidean norm before clipping
   */
  double apply(float[] gradient);

  /** Leaves every gradient as it is. */
  static Clipping none() {
    return new None();
  }

  /** Bounds the norm; see {@link ByNorm}. */
  static Clipping byNorm(double limit) {
    return new ByNorm(limit);
  }

  /** Bounds each value; see {@link ByValue}. */
  static Clipping byValue(double limit) {
    return new ByValue(limit);
  }

  private static double norm(float[] gradient) {
    return Math.sqrt(Kernels.get().sumOfSquares(gradient));
  }

  /** Leaves every gradient as it is. */
  record None() implements Clipping {
    @Override
    public double apply(float[] gradient) {
      return norm(gradient);
    }
  }

  /**
   * By global norm: {@code g ← g · limit / ‖g‖} where ‖g‖ &gt; limit. The direction stays. R.
   * Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks"
   * (2013), algorithm 1.
   *
   * @param limit above 0
   */
  record ByNorm(double limit) implements Clipping {
    /** Checks the range. */
    public ByNorm {
      Arguments.positiveFloat("the limit of the gradient's norm", limit);
    }

    @Override
    public double apply(float[] gradient) {
      double norm = norm(gradient);
      if (norm > limit && norm <= Double.MAX_VALUE) {
        Kernels.get().scale(gradient, (float) (limit / norm));
      }
      return norm;
    }
  }

  /**
   * By value: {@code g_i ← min(limit, max(−limit, g_i))}. The direction may change. T. Mikolov,
   * "Statistical Language Models Based on Neural Networks" (2012), section 3.2.2.
   *
   * @param limit above 0
   */
  record ByValue(double limit) implements Clipping {
    /** Checks the range. */
    public ByValue {
      Arguments.positiveFloat("the limit of the gradient's values", limit);
    }

    @Override
    public double apply(float[] gradient) {
      double norm = norm(gradient);
      if (norm <= Double.MAX_VALUE) {
        float bound = (float) limit;
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = Math.min(bound, Math.max(-bound, gradient[i]));
        }
      }
      return norm;
    }
  }
}
