// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over flat vectors as long as θ. The simplest of them are plain Java, which the compiler
 * turns into vector instructions by itself.
 */
final class SimdVectors {
  private static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());

  private SimdVectors() {}

  /** Squared error of one row, summed in float64 in an order that depends on n only. */
  static double squaredError(
      float[] outputs,
      int offset,
      float[] targets,
      int targetOffset,
      int n,
      float factor,
      float[] gradient,
      int gradientOffset) {
    DoubleVector even = DoubleVector.zero(D);
    DoubleVector odd = DoubleVector.zero(D);
    int whole = F.loopBound(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector y = FloatVector.fromArray(F, outputs, offset + j);
      FloatVector error = y.sub(FloatVector.fromArray(F, targets, targetOffset + j));
      error.mul(factor).intoArray(gradient, gradientOffset + j);
      DoubleVector low = (DoubleVector) error.convertShape(VectorOperators.F2D, D, 0);
      DoubleVector high = (DoubleVector) error.convertShape(VectorOperators.F2D, D, 1);
      even = low.fma(low, even);
      odd = high.fma(high, odd);
    }
    DoubleVector both = even.add(odd);
    double sum = 0;
    // One by one: the order of reduceLanes may differ from one call to the next.
    for (int lane = 0; lane < D.length(); lane++) {
      sum += both.lane(lane);
    }
    for (int j = whole; j < n; j++) {
      float error = outputs[offset + j] - targets[targetOffset + j];
      gradient[gradientOffset + j] = factor * error;
      sum += (double) error * error;
    }
    return sum;
  }

  /** Σ v² in float64, in an order that depends on nothing but the length. */
  static double sumOfSquares(float[] values, int from, int to) {
    DoubleVector even = DoubleVector.zero(D);
    DoubleVector odd = DoubleVector.zero(D);
    int whole = from + F.loopBound(to - from);
    for (int i = from; i < whole; i += L) {
      FloatVector v = FloatVector.fromArray(F, values, i);
      DoubleVector low = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 0);
      DoubleVector high = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 1);
      even = low.fma(low, even);
      odd = high.fma(high, odd);
    }
    DoubleVector both = even.add(odd);
    double sum = 0;
    // One by one: the order of reduceLanes may differ from one call to the next.
    for (int lane = 0; lane < D.length(); lane++) {
      sum += both.lane(lane);
    }
    for (int i = whole; i < to; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  static void scale(float[] values, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      values[i] *= factor;
    }
  }

  static void flush(float[] values, int from, int to, float least) {
    int whole = from + F.loopBound(to - from);
    for (int i = from; i < whole; i += L) {
      FloatVector v = FloatVector.fromArray(F, values, i);
      v.blend(0, v.abs().compare(VectorOperators.LT, least)).intoArray(values, i);
    }
    for (int i = whole; i < to; i++) {
      if (Math.abs(values[i]) < least) {
        values[i] = 0;
      }
    }
  }

  static void descend(float[] theta, float[] gradient, int from, int to, float rate) {
    for (int i = from; i < to; i++) {
      theta[i] -= rate * gradient[i];
    }
  }

  static void descend(
      float[] theta,
      float[] gradient,
      float[] velocity,
      int from,
      int to,
      float rate,
      float momentum,
      boolean nesterov) {
    int whole = from + F.loopBound(to - from);
    // Two loops: in one, a vector would have two origins and become an object.
    if (nesterov) {
      for (int i = from; i < whole; i += L) {
        FloatVector g = FloatVector.fromArray(F, gradient, i);
        FloatVector v = FloatVector.fromArray(F, velocity, i).mul(momentum).add(g);
        v = v.blend(0, v.abs().compare(VectorOperators.LT, Decayed.LEAST_FIRST));
        v.intoArray(velocity, i);
        FloatVector step = g.add(v.mul(momentum)).mul(rate);
        FloatVector.fromArray(F, theta, i).sub(step).intoArray(theta, i);
      }
    } else {
      for (int i = from; i < whole; i += L) {
        FloatVector g = FloatVector.fromArray(F, gradient, i);
        FloatVector v = FloatVector.fromArray(F, velocity, i).mul(momentum).add(g);
        v = v.blend(0, v.abs().compare(VectorOperators.LT, Decayed.LEAST_FIRST));
        v.intoArray(velocity, i);
        FloatVector.fromArray(F, theta, i).sub(v.mul(rate)).intoArray(theta, i);
      }
    }
    for (int i = whole; i < to; i++) {
      float g = gradient[i];
      float v = Decayed.first(momentum * velocity[i] + g);
      velocity[i] = v;
      theta[i] -= rate * (nesterov ? g + momentum * v : v);
    }
  }

  static void rmsprop(
      float[] theta,
      float[] gradient,
      float[] square,
      int from,
      int to,
      float rate,
      float decay,
      float epsilon) {
    int whole = from + F.loopBound(to - from);
    for (int i = from; i < whole; i += L) {
      FloatVector g = FloatVector.fromArray(F, gradient, i);
      FloatVector s = FloatVector.fromArray(F, square, i).mul(decay).add(g.mul(1 - decay).mul(g));
      VectorMask<Float> still = g.compare(VectorOperators.EQ, 0);
      s = s.blend(0, s.compare(VectorOperators.LT, Decayed.LEAST_SECOND).and(still));
      s.intoArray(square, i);
      FloatVector step = g.mul(rate).div(s.lanewise(VectorOperators.SQRT).add(epsilon));
      FloatVector.fromArray(F, theta, i).sub(step).intoArray(theta, i);
    }
    for (int i = whole; i < to; i++) {
      float g = gradient[i];
      square[i] = Decayed.second(decay * square[i] + (1 - decay) * g * g, g);
      theta[i] -= rate * g / ((float) Math.sqrt(square[i]) + epsilon);
    }
  }

  static void adam(
      float[] theta,
      float[] gradient,
      float[] mean,
      float[] square,
      int from,
      int to,
      float beta1,
      float beta2,
      float rate,
      float root,
      float epsilon,
      float shrink) {
    int whole = from + F.loopBound(to - from);
    for (int i = from; i < whole; i += L) {
      FloatVector g = FloatVector.fromArray(F, gradient, i);
      FloatVector m = FloatVector.fromArray(F, mean, i).mul(beta1).add(g.mul(1 - beta1));
      FloatVector s = FloatVector.fromArray(F, square, i).mul(beta2).add(g.mul(1 - beta2).mul(g));
      VectorMask<Float> still = m.abs().compare(VectorOperators.LT, Decayed.LEAST_FIRST);
      m = m.blend(0, still);
      s = s.blend(0, s.compare(VectorOperators.LT, Decayed.LEAST_SECOND).and(still));
      m.intoArray(mean, i);
      s.intoArray(square, i);
      FloatVector divisor = s.lanewise(VectorOperators.SQRT).mul(root).add(epsilon);
      FloatVector.fromArray(F, theta, i)
          .mul(shrink)
          .sub(m.mul(rate).div(divisor))
          .intoArray(theta, i);
    }
    for (int i = whole; i < to; i++) {
      float g = gradient[i];
      mean[i] = Decayed.first(beta1 * mean[i] + (1 - beta1) * g);
      square[i] = Decayed.second(beta2 * square[i] + (1 - beta2) * g * g, mean[i]);
      theta[i] =
          shrink * theta[i] - rate * mean[i] / ((float) Math.sqrt(square[i]) * root + epsilon);
    }
  }
}
