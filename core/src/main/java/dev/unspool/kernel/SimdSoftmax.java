// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;
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

  /** Writes exp(logit − max) and returns their sum, in an order that depends on n only. */
  private static double exponentials(
      float[] logits, int offset, int n, float max, float[] result, int resultOffset) {
    double sum = 0;
    int whole = F.loopBound(n);
    for (int from = 0; from < whole; from += RUN * L) {
      int to = Math.min(whole, from + RUN * L);
      FloatVector partial = FloatVector.zero(F);
      for (int j = from; j < to; j += L) {
        FloatVector e = Simd.exp(FloatVector.fromArray(F, logits, offset + j).sub(max));
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
