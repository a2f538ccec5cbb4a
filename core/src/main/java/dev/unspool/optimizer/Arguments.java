// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** The checks that update rules, schedules and clipping share. */
final class Arguments {
  private Arguments() {}

  /** A vector length. */
  static int size(int size) {
    if (size < 0) {
      throw new IllegalArgumentException(
          "the number of parameters is %d, expected at least 0".formatted(size));
    }
    return size;
  }

  /** A number in [0, 1) that is below 1 in float32 too, where the kernels compute with it. */
  static float decay(String name, double value) {
    float rounded = (float) value;
    if (!(value >= 0 && rounded < 1)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a number from 0 to below 1".formatted(name, value));
    }
    return rounded;
  }

  /** A number above 0 that is so in float32 too, where the kernels compute with it. */
  static float positiveFloat(String name, double value) {
    float rounded = (float) value;
    if (!(rounded > 0 && rounded <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a float32 number above 0".formatted(name, value));
    }
    return rounded;
  }

  /** A finite number of at least 0. */
  static double notNegative(String name, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a finite number of at least 0".formatted(name, value));
    }
    return value;
  }

  /** The arguments of {@link Optimizer#step}. */
  static void step(int size, float[] theta, float[] gradient, double rate) {
    if (theta.length != size || gradient.length != size) {
      throw new IllegalArgumentException(
          "this optimizer was made for %d parameters, found %d parameters and a gradient of %d"
              .formatted(size, theta.length, gradient.length));
    }
    notNegative("the learning rate", rate);
  }
}
