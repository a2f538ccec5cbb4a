// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.program.Arithmetic;

/** Functions of units in ONNX's operators. */
interface OnnxArithmetic extends Arithmetic<Value> {
  /** The result of an operator on each unit. */
  Value of(String type, Value... arguments);

  /** What is true or false as 1 or 0. */
  Value floats(Value truth);

  @Override
  default Value add(Value a, Value b) {
    return of("Add", a, b);
  }

  @Override
  default Value multiply(Value a, Value b) {
    return of("Mul", a, b);
  }

  @Override
  default Value divide(Value a, Value b) {
    return of("Div", a, b);
  }

  @Override
  default Value negate(Value a) {
    return of("Neg", a);
  }

  @Override
  default Value absolute(Value a) {
    return of("Abs", a);
  }

  @Override
  default Value minimum(Value a, Value b) {
    return of("Min", a, b);
  }

  @Override
  default Value maximum(Value a, Value b) {
    return of("Max", a, b);
  }

  @Override
  default Value select(Value condition, Value then, Value otherwise) {
    return of("Where", of("Greater", condition, constant(0)), then, otherwise);
  }

  @Override
  default Value atLeast(Value a, Value b) {
    return floats(of("GreaterOrEqual", a, b));
  }

  @Override
  default Value squareRoot(Value a) {
    return of("Sqrt", a);
  }

  @Override
  default Value exponential(Value a) {
    return of("Exp", a);
  }

  @Override
  default Value logarithm(Value a) {
    return of("Log", a);
  }

  @Override
  default Value sine(Value a) {
    return of("Sin", a);
  }

  @Override
  default Value cosine(Value a) {
    return of("Cos", a);
  }

  @Override
  default Value sigmoid(Value a) {
    return of("Sigmoid", a);
  }

  @Override
  default Value tangent(Value a) {
    return of("Tanh", a);
  }
}
