// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import java.util.Arrays;

/** An array of any shape, row-major, in float64 whatever it was before. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Array(int[] shape, double[] values) {
  static Array zeros(int... shape) {
    return new Array(shape, new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
  }

  static Array of(float[] values, int... shape) {
    Array array = zeros(shape);
    for (int i = 0; i < values.length; i++) {
      array.values[i] = values[i];
    }
    return array;
  }

  int extent(int dimension) {
    return shape[dimension];
  }

  double at(int... index) {
    return values[position(index)];
  }

  void set(double value, int... index) {
    values[position(index)] = value;
  }

  private int position(int... index) {
    if (index.length != shape.length) {
      throw new AssertionError(Arrays.toString(index) + " of " + Arrays.toString(shape));
    }
    int position = 0;
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0 || index[i] >= shape[i]) {
        throw new AssertionError(Arrays.toString(index) + " of " + Arrays.toString(shape));
      }
      position = position * shape[i] + index[i];
    }
    return position;
  }

  Array reshaped(int... other) {
    return new Array(other, values);
  }
}
