// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/** Everything in plain Java: readable first, the oracle for the fast kernels. */
final class ScalarKernels implements Kernels {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public PackedMatrix matrix(int outputs, int inputs, PackedMatrix.Direction direction) {
    return new ScalarMatrix(outputs, inputs, direction);
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void run(Rows work, int rows, int width) {
    work.runRows(0, 0, rows);
  }

  @Override
  public void transposedProduct(
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset) {
    Arrays.fill(d, dOffset, dOffset + m * n, 0);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < m; i++) {
        float factor = a[aOffset + row * m + i];
        for (int j = 0; j < n; j++) {
          d[dOffset + i * n + j] += factor * b[bOffset + row * n + j];
        }
      }
    }
  }

  @Override
  public void columnSums(float[] a, int aOffset, int m, int rows, float[] d, int dOffset) {
    Arrays.fill(d, dOffset, dOffset + m, 0);
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < m; j++) {
        d[dOffset + j] += a[aOffset + row * m + j];
      }
    }
  }

  @Override
  public double softmaxCrossEntropy(
      float[] logits,
      int offset,
      int n,
      int target,
      float scale,
      float[] gradient,
      int gradientOffset) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, logits[offset + j]);
    }
    double sum = 0;
    for (int j = 0; j < n; j++) {
      double e = Math.exp(logits[offset + j] - max);
      gradient[gradientOffset + j] = (float) e;
      sum += e;
    }
    for (int j = 0; j < n; j++) {
      gradient[gradientOffset + j] = (float) (scale * (gradient[gradientOffset + j] / sum));
    }
    gradient[gradientOffset + target] -= scale;
    return Math.log(sum) - (logits[offset + target] - max);
  }

  @Override
  public double squaredError(
      float[] outputs,
      int offset,
      float[] targets,
      int targetOffset,
      int n,
      float factor,
      float[] gradient,
      int gradientOffset) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      double error = (double) outputs[offset + j] - targets[targetOffset + j];
      gradient[gradientOffset + j] = (float) (factor * error);
      sum += error * error;
    }
    return sum;
  }

  @Override
  public double sumOfSquares(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  @Override
  public void scale(float[] values, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      values[i] *= factor;
    }
  }

  @Override
  public void flush(float[] values, int from, int to, float least) {
    for (int i = from; i < to; i++) {
      if (Math.abs(values[i]) < least) {
        values[i] = 0;
      }
    }
  }

  @Override
  public void sgd(
      float[] theta,
      float[] gradient,
      float[] velocity,
      int from,
      int to,
      float rate,
      float momentum,
      boolean nesterov) {
    for (int i = from; i < to; i++) {
      float g = gradient[i];
      if (momentum != 0) {
        velocity[i] = Decayed.first(momentum * velocity[i] + g);
        g = nesterov ? g + momentum * velocity[i] : velocity[i];
      }
      theta[i] -= rate * g;
    }
  }

  @Override
  public void rmsprop(
      float[] theta,
      float[] gradient,
      float[] square,
      int from,
      int to,
      float rate,
      float decay,
      float epsilon) {
    for (int i = from; i < to; i++) {
      float g = gradient[i];
      square[i] = Decayed.second(decay * square[i] + (1 - decay) * g * g, g);
      theta[i] -= rate * g / ((float) Math.sqrt(square[i]) + epsilon);
    }
  }

  @Override
  public void adam(
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
    for (int i = from; i < to; i++) {
      float g = gradient[i];
      mean[i] = Decayed.first(beta1 * mean[i] + (1 - beta1) * g);
      square[i] = Decayed.second(beta2 * square[i] + (1 - beta2) * g * g, mean[i]);
      theta[i] =
          shrink * theta[i] - rate * mean[i] / ((float) Math.sqrt(square[i]) * root + epsilon);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
