// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.Arrays;

/**
 * Sequences that are stepped one after the other, as if they were side by side.
 *
 * @param one steps a sequence
 * @param lanes number of sequences
 */
record SideBySide(StepRunner one, int lanes) implements StepRunner {
  @Override
  public void step(double[] x, double[] state, double[] y) {
    double[] output = new double[y.length / lanes];
    for (int lane = 0; lane < lanes; lane++) {
      double[] own = part(state, lane);
      one.step(part(x, lane), own, output);
      System.arraycopy(own, 0, state, lane * own.length, own.length);
      System.arraycopy(output, 0, y, lane * output.length, output.length);
    }
  }

  private double[] part(double[] all, int lane) {
    int width = all.length / lanes;
    return Arrays.copyOfRange(all, lane * width, (lane + 1) * width);
  }

  @Override
  public double[] initial() {
    return repeated(one.initial(), lanes);
  }

  /** So many times the same, one behind the other. */
  static double[] repeated(double[] values, int times) {
    double[] all = new double[Math.multiplyExact(values.length, times)];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }
}
