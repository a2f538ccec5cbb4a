// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/** {@link Arithmetic} on float64 numbers, by the Java library. */
final class Doubles implements Arithmetic<Double> {
  static final Doubles ARITHMETIC = new Doubles();

  private Doubles() {}

  @Override
  public Double constant(double value) {
    return value;
  }

  @Override
  public Double add(Double a, Double b) {
    return a + b;
  }

  @Override
  public Double multiply(Double a, Double b) {
    return a * b;
  }

  @Override
  public Double divide(Double a, Double b) {
    return a / b;
  }

  @Override
  public Double negate(Double a) {
    return -a;
  }

  @Override
  public Double absolute(Double a) {
    return Math.abs(a);
  }

  @Override
  public Double minimum(Double a, Double b) {
    return Math.min(a, b);
  }

  @Override
  public Double maximum(Double a, Double b) {
    return Math.max(a, b);
  }

  @Override
  public Double select(Double condition, Double then, Double otherwise) {
    return condition > 0 ? then : otherwise;
  }

  @Override
  public Double atLeast(Double a, Double b) {
    return a >= b ? 1.0 : 0.0;
  }

  @Override
  public Double squareRoot(Double a) {
    return Math.sqrt(a);
  }

  @Override
  public Double exponential(Double a) {
    return Math.exp(a);
  }

  @Override
  public Double logarithm(Double a) {
    return Math.log(a);
  }

  @Override
  public Double sine(Double a) {
    return Math.sin(a);
  }

  @Override
  public Double cosine(Double a) {
    return Math.cos(a);
  }

  @Override
  public Double sigmoid(Double a) {
    return 1 / (1 + Math.exp(-a));
  }

  @Override
  public Double tangent(Double a) {
    return Math.tanh(a);
  }
}
