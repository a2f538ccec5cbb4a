// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Where the values of a parameter begin. */
@FunctionalInterface
public interface Initialiser {
  /**
   * Fills one named array.
   *
   * @param theta overwritten from {@code offset}: rows × columns, row-major
   * @param rows extents of a matrix; of a vector, its length
   * @param columns extents of a matrix; of a vector, 1
   */
  void fill(float[] theta, int offset, int rows, int columns, RandomGenerator random);

  /** Uniform in ±bound. */
  static Initialiser uniform(double bound) {
    return each(random -> random.nextDouble(-bound, bound));
  }

  /** Normal with mean 0 and that standard deviation. */
  static Initialiser normal(double deviation) {
    return each(random -> deviation * random.nextGaussian());
  }

  /** Each value drawn by itself. */
  static Initialiser each(ToDoubleFunction<RandomGenerator> draw) {
    return (theta, offset, rows, columns, random) -> {
      for (int i = offset; i < offset + rows * columns; i++) {
        theta[i] = (float) draw.applyAsDouble(random);
      }
    };
  }

  /**
   * A function of what was declared before, and so has begun already.
   *
   * @param places how far before: the size of that parameter and of those between
   */
  static Initialiser of(int places, DoubleUnaryOperator function) {
    return (theta, offset, rows, columns, _) -> {
      for (int i = offset; i < offset + rows * columns; i++) {
        theta[i] = (float) function.applyAsDouble(theta[i - places]);
      }
    };
  }

  /** One number everywhere. */
  static Initialiser constant(double value) {
    return new Constant(value);
  }

  /**
   * One number everywhere: what begins so, such as a gain of 1 or an initial state of 0, does so
   * however weights are drawn.
   *
   * @param value the number
   */
  record Constant(double value) implements Initialiser {
    @Override
    public void fill(float[] theta, int offset, int rows, int columns, RandomGenerator random) {
      Arrays.fill(theta, offset, offset + rows * columns, (float) value);
    }
  }
}
