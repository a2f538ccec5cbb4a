// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The non-linearities of the gates of one step.
 *
 * <p>Largest errors, found by comparing with float64 over all of float's range in steps: 4 units in
 * the last place for both; the sigmoid of arguments below −87 is 1.6e-38 instead of less than that.
 * NaN stays NaN. A value's bits depend neither on the width of the vectors nor on its place in
 * them.
 */
final class SimdActivations {
  private SimdActivations() {}

  /**
   * Applies the logistic function or tanh, in place. Both are fractions of {@code e = expm1(s·x)}:
   *
   * <pre>{@code
   * σ(x) = 1 / (e + 2), s = −1        tanh(x) = e / (e + 2), s = 2
   * }</pre>
   *
   * <p>With n the integer nearest to s·x·log₂e and r = s·x − n·ln 2, it is {@code expm1(s·x) =
   * 2ⁿ·(eʳ − 1) + (2ⁿ − 1)}, so that nothing cancels around 0. The polynomial for eʳ − 1 is the
   * Taylor series up to r⁷, whose relative error is 0.3·2⁻²⁴ for |r| ≤ ln 2 / 2.
   *
   * <p>The last vector of a row ends where the row ends and so may overlap the one before, whose
   * results then stand where its arguments were. So each vector is read before the results of the
   * one before it are written. Rows that are shorter than a vector are computed by scalar code.
   *
   * <p>This method is too long to be inlined into others (325 bytes of bytecode), and should be.
   *
   * @param rows lanes, each {@code stride} · hidden values after the other
   * @param gates number of gates at the beginning of each row that are wanted
   * @param tanh bit g says that gate g is a tanh
   */
  static void apply(
      float[] values, int offset, int rows, int stride, int gates, int hidden, int tanh) {
    if (hidden < L) {
      applyShort(values, offset, rows, stride, gates, hidden, tanh);
      return;
    }
    int last = hidden - L;
    for (int block = 0; block < rows * gates; block++) {
      int gate = block % gates;
      int from = offset + (block / gates * stride + gate) * hidden;
      boolean isTanh = (tanh >> gate & 1) != 0;
      float limit = isTanh ? 10 : 87;
      FloatVector top = FloatVector.broadcast(F, limit);
      FloatVector bottom = FloatVector.broadcast(F, -limit);
      FloatVector scale = FloatVector.broadcast(F, isTanh ? 2 : -1);
      FloatVector ofE = FloatVector.broadcast(F, isTanh ? 1 : 0);
      FloatVector ofOne = FloatVector.broadcast(F, isTanh ? 0 : 1);
      FloatVector log2e = FloatVector.broadcast(F, Simd.LOG2_E);
      FloatVector round = FloatVector.broadcast(F, Simd.ROUND);
      FloatVector argument = FloatVector.fromArray(F, values, from);
      for (int j = 0; j < hidden; j += L) {
        FloatVector ahead = FloatVector.fromArray(F, values, from + Math.min(j + L, last));
        FloatVector x = argument.blend(top, argument.compare(VectorOperators.GT, top));
        x = x.blend(bottom, x.compare(VectorOperators.LT, bottom)).mul(scale);
        FloatVector rounded = x.fma(log2e, round);
        FloatVector n = rounded.sub(round);
        FloatVector r = n.fma(FloatVector.broadcast(F, -Simd.LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(F, -Simd.LN2_LOW), r);
        FloatVector p =
            r.fma(FloatVector.broadcast(F, 1 / 5040f), FloatVector.broadcast(F, 1 / 720f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 120f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 24f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 6f));
        p = p.fma(r, FloatVector.broadcast(F, 0.5f));
        p = p.mul(r).fma(r, r);
        IntVector bits = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector power = bits.add(Float.floatToRawIntBits(1)).reinterpretAsFloats();
        FloatVector e = p.fma(power, power.sub(1));
        e.fma(ofE, ofOne).div(e.add(2)).intoArray(values, from + Math.min(j, last));
        argument = ahead;
      }
    }
  }

  /** The same for rows that are shorter than a vector. */
  private static void applyShort(
      float[] values, int offset, int rows, int stride, int gates, int hidden, int tanh) {
    for (int block = 0; block < rows * gates; block++) {
      int gate = block % gates;
      int from = offset + (block / gates * stride + gate) * hidden;
      boolean isTanh = (tanh >> gate & 1) != 0;
      float limit = isTanh ? 10 : 87;
      float scale = isTanh ? 2 : -1;
      for (int j = from; j < from + hidden; j++) {
        float x = values[j] > limit ? limit : values[j];
        float e = expm1((x < -limit ? -limit : x) * scale);
        values[j] = (isTanh ? e : 1) / (e + 2);
      }
    }
  }

  /** eˣ − 1 by the same operations as on vectors; −87 ≤ x ≤ 87. */
  private static float expm1(float x) {
    float rounded = Math.fma(x, Simd.LOG2_E, Simd.ROUND);
    float n = rounded - Simd.ROUND;
    float r = Math.fma(n, -Simd.LN2_HIGH, x);
    r = Math.fma(n, -Simd.LN2_LOW, r);
    float p = Math.fma(r, 1 / 5040f, 1 / 720f);
    p = Math.fma(p, r, 1 / 120f);
    p = Math.fma(p, r, 1 / 24f);
    p = Math.fma(p, r, 1 / 6f);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p * r, r, r);
    float power =
        Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + Float.floatToRawIntBits(1));
    return Math.fma(p, power, power - 1);
  }
}
