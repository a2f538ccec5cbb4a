// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.program.Arithmetic;

/** Functions of units as expressions of tensors. */
interface ScriptArithmetic extends Arithmetic<ScriptValue> {
  /**
   * The result of an expression on each unit.
   *
   * @param expression with a {@code %s} for each argument
   */
  ScriptValue of(String expression, ScriptValue... arguments);

  @Override
  default ScriptValue add(ScriptValue a, ScriptValue b) {
    return of("%s + %s", a, b);
  }

  @Override
  default ScriptValue multiply(ScriptValue a, ScriptValue b) {
    return of("%s * %s", a, b);
  }

  @Override
  default ScriptValue divide(ScriptValue a, ScriptValue b) {
    return of("%s / %s", a, b);
  }

  @Override
  default ScriptValue negate(ScriptValue a) {
    return of("-%s", a);
  }

  @Override
  default ScriptValue absolute(ScriptValue a) {
    return of("torch.abs(%s)", a);
  }

  @Override
  default ScriptValue minimum(ScriptValue a, ScriptValue b) {
    return of("torch.minimum(%s, %s)", a, b);
  }

  @Override
  default ScriptValue maximum(ScriptValue a, ScriptValue b) {
    return of("torch.maximum(%s, %s)", a, b);
  }

  @Override
  default ScriptValue select(ScriptValue condition, ScriptValue then, ScriptValue otherwise) {
    return of("torch.where(%s > 0, %s, %s)", condition, then, otherwise);
  }

  @Override
  default ScriptValue atLeast(ScriptValue a, ScriptValue b) {
    return of("(%s >= %s).to(" + ScriptSource.FLOAT + ")", a, b);
  }

  @Override
  default ScriptValue squareRoot(ScriptValue a) {
    return of("torch.sqrt(%s)", a);
  }

  @Override
  default ScriptValue exponential(ScriptValue a) {
    return of("torch.exp(%s)", a);
  }

  @Override
  default ScriptValue logarithm(ScriptValue a) {
    return of("torch.log(%s)", a);
  }

  @Override
  default ScriptValue sine(ScriptValue a) {
    return of("torch.sin(%s)", a);
  }

  @Override
  default ScriptValue cosine(ScriptValue a) {
    return of("torch.cos(%s)", a);
  }

  @Override
  default ScriptValue sigmoid(ScriptValue a) {
    return of("torch.sigmoid(%s)", a);
  }

  @Override
  default ScriptValue tangent(ScriptValue a) {
    return of("torch.tanh(%s)", a);
  }
}
