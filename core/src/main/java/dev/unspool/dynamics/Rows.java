// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/** The rarer loops over a batch of steps; the frequent ones are kernels. */
final class Rows {
  private Rows() {}

  /** {@code c[at + r] += d[r] · s[shift + r]}. */
  static void addProduct(double[] c, int at, double[] d, double[] s, int shift, int from, int to) {
    for (int r = from; r < to; r++) {
      c[at + r] += d[r] * s[shift + r];
    }
  }

  /** {@code c[at + r] += d[r]}. */
  static void add(double[] c, int at, double[] d, int from, int to) {
    for (int r = from; r < to; r++) {
      c[at + r] += d[r];
    }
  }
}
