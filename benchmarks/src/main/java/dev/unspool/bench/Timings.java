// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.Arrays;

/** Wall-clock times of one contender, in microseconds per update. */
final class Timings {
  private double[] values = new double[64];
  private int size;

  void add(double micros) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = micros;
  }

  /** The best of them: what the work costs when nothing else uses the machine. */
  double best() {
    return Arrays.stream(values, 0, size).min().orElse(Double.NaN);
  }

  double median() {
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return size == 0 ? Double.NaN : sorted[size / 2];
  }
}
