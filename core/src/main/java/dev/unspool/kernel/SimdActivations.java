// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The non-linearities of the gates of one step. */
final class SimdActivations {
  private SimdActivations() {}

  /**
   * Applies the logistic function or tanh, in place. Both are fractions of {@code e = expm1(s·x)}:
   *
   * <pre>{@code
   * σ(x) = 1 / (e + 2), s = −1        tanh(x) = e / (e + 2), s = 2
   * }</pre>
   *
   * <p>{@link Simd#expm1} is written out here. A method that calls it several times, or is inlined
   * into one that does, grows past the number of nodes at which the compiler stops inlining; then
   * each value becomes an object. This one is too long to be inlined itself (325 bytes of
   * bytecode).
   *
   * @param rows lanes, each {@code stride} · hidden values after the other
   * @param gates number of gates at the beginning of each row that are wanted
   * @param tanh bit g says that gate g is a tanh
   */
  static void apply(
      float[] values, int offset, int rows, int stride, int gates, int hidden, int tanh) {
    int whole = F.loopBound(hidden);
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
      for (int j = from; j < from + whole; j += L) {
        FloatVector x = FloatVector.fromArray(F, values, j);
        x = x.blend(top, x.compare(VectorOperators.GT, top));
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
        e.fma(ofE, ofOne).div(e.add(2)).intoArray(values, j);
      }
      if (whole < hidden) {
        rest(values, from + whole, hidden - whole, isTanh);
      }
    }
  }

  /** The same for less than a vector. */
  private static void rest(float[] values, int offset, int size, boolean isTanh) {
    VectorMask<Float> mask = Simd.rest(0, size);
    float limit = isTanh ? 10 : 87;
    FloatVector x = Simd.clamp(FloatVector.fromArray(F, values, offset, mask), -limit, limit);
    FloatVector e = Simd.expm1(x.mul(isTanh ? 2 : -1));
    FloatVector numerator =
        e.fma(FloatVector.broadcast(F, isTanh ? 1 : 0), FloatVector.broadcast(F, isTanh ? 0 : 1));
    numerator.div(e.add(2)).intoArray(values, offset, mask);
  }
}
