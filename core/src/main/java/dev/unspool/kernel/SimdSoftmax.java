// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Softmax cross-entropy of one row, exponentials on vectors. */
final class SimdSoftmax {
  /** Vectors that are summed in float32 before the sum goes on in float64. */
  private static final int RUN = 16;

  private SimdSoftmax() {}

  static double crossEntropy(
      float[] logits,
      int offset,
      int n,
      int target,
      float scale,
      float[] gradient,
      int gradientOffset) {
    float max = max(logits, offset, n);
    double sum = exponentials(logits, offset, n, max, gradient, gradientOffset);
    float factor = (float) (scale / sum);
    for (int j = 0; j < n; j++) {
      gradient[gradientOffset + j] *= factor;
    }
    gradient[gradientOffset + target] -= scale;
    return Math.log(sum) - (logits[offset + target] - max);
  }

  /** The largest value; what is not a number does not count, its exponential will show it. */
  private static float max(float[] logits, int offset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    int whole = F.loopBound(n);
    if (whole > 0) {
      FloatVector largest = FloatVector.broadcast(F, max);
      for (int j = 0; j < whole; j += L) {
        FloatVector v = FloatVector.fromArray(F, logits, offset + j);
        largest = largest.blend(v, v.compare(VectorOperators.GT, largest));
      }
      for (int lane = 0; lane < L; lane++) {
        max = Math.max(max, largest.lane(lane));
      }
    }
    for (int j = whole; j < n; j++) {
      if (logits[offset + j] > max) {
        max = logits[offset + j];
      }
    }
    return max;
  }

  /**
   * Writes exp(logit − max) and returns their sum, in an order that depends on n only. The
   * exponential is eˣ = 2ⁿ·(eʳ − 1) + 2ⁿ; it is 1.6e-38 for arguments below −87.
   */
  private static double exponentials(
      float[] logits, int offset, int n, float max, float[] result, int resultOffset) {
    double sum = 0;
    int whole = F.loopBound(n);
    FloatVector lowest = FloatVector.broadcast(F, -87);
    FloatVector log2e = FloatVector.broadcast(F, Simd.LOG2_E);
    FloatVector round = FloatVector.broadcast(F, Simd.ROUND);
    for (int from = 0; from < whole; from += RUN * L) {
      int to = Math.min(whole, from + RUN * L);
      FloatVector partial = FloatVector.zero(F);
      for (int j = from; j < to; j += L) {
        FloatVector x = FloatVector.fromArray(F, logits, offset + j).sub(max);
        x = x.blend(lowest, x.compare(VectorOperators.LT, lowest));
        FloatVector rounded = x.fma(log2e, round);
        FloatVector nearest = rounded.sub(round);
        FloatVector r = nearest.fma(FloatVector.broadcast(F, -Simd.LN2_HIGH), x);
        r = nearest.fma(FloatVector.broadcast(F, -Simd.LN2_LOW), r);
        FloatVector p =
            r.fma(FloatVector.broadcast(F, 1 / 5040f), FloatVector.broadcast(F, 1 / 720f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 120f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 24f));
        p = p.fma(r, FloatVector.broadcast(F, 1 / 6f));
        p = p.fma(r, FloatVector.broadcast(F, 0.5f));
        p = p.mul(r).fma(r, r);
        IntVector bits = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector power = bits.add(Float.floatToRawIntBits(1)).reinterpretAsFloats();
        FloatVector e = p.fma(power, power);
        e.intoArray(result, resultOffset + j);
        partial = partial.add(e);
      }
      for (int lane = 0; lane < L; lane++) {
        sum += partial.lane(lane);
      }
    }
    for (int j = whole; j < n; j++) {
      double e = Math.exp(logits[offset + j] - max);
      result[resultOffset + j] = (float) e;
      sum += e;
    }
    return sum;
  }
}
