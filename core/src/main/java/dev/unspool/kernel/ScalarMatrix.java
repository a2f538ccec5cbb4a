// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A matrix kept as K × N, row-major, and multiplied by three nested loops. */
final class ScalarMatrix implements PackedMatrix {
  private final int outputs;
  private final int inputs;
  private final Direction direction;
  private final int k;
  private final int n;
  private final float[] weights;

  ScalarMatrix(int outputs, int inputs, Direction direction) {
    this.outputs = outputs;
    this.inputs = inputs;
    this.direction = direction;
    this.k = direction == Direction.FORWARD ? inputs : outputs;
    this.n = direction == Direction.FORWARD ? outputs : inputs;
    this.weights = new float[outputs * inputs];
  }

  @Override
  public void pack(float[] theta, int offset) {
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        weights[place(o, i)] = theta[offset + o * inputs + i];
      }
    }
  }

  @Override
  public void unpack(float[] theta, int offset) {
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        theta[offset + o * inputs + i] = weights[place(o, i)];
      }
    }
  }

  private int place(int output, int input) {
    return direction == Direction.FORWARD ? input * n + output : output * n + input;
  }

  @Override
  public void multiply(
      float[] a, int aOffset, int rows, float @Nullable [] bias, float[] c, int cOffset) {
    for (int row = 0; row < rows; row++) {
      if (bias == null) {
        Arrays.fill(c, cOffset + row * n, cOffset + (row + 1) * n, 0);
      } else {
        System.arraycopy(bias, 0, c, cOffset + row * n, n);
      }
    }
    multiplyAdd(a, aOffset, rows, c, cOffset);
  }

  @Override
  public void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset) {
    for (int row = 0; row < rows; row++) {
      int target = cOffset + row * n;
      for (int i = 0; i < k; i++) {
        float factor = a[aOffset + row * k + i];
        for (int j = 0; j < n; j++) {
          c[target + j] += factor * weights[i * n + j];
        }
      }
    }
  }

  @Override
  public MatrixProducts alone(int part) {
    return this; // a product writes nothing but its result
  }
}
