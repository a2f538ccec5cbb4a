// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import java.util.random.RandomGenerator;

/** Random orthogonal matrices, all equally probable. */
final class OrthogonalMatrix {
  private OrthogonalMatrix() {}

  /**
   * Draws one: the rows of a normal matrix, made orthonormal one after the other (Gram-Schmidt),
   * which gives Haar's measure. Each is projected twice, since one that lies almost in the span of
   * those before keeps too much of them the first time.
   *
   * @param values gets n × n values, row-major, from {@code offset}
   */
  static void draw(float[] values, int offset, int n, RandomGenerator random) {
    var rows = new double[n][n];
    for (int i = 0; i < n; i++) {
      double[] row = rows[i];
      do {
        for (int j = 0; j < n; j++) {
          row[j] = random.nextGaussian();
        }
        for (int turn = 0; turn < 2; turn++) {
          for (int k = 0; k < i; k++) {
            add(-dot(row, rows[k]), rows[k], row);
          }
        }
      } while (dot(row, row) == 0);
      double scale = 1 / Math.sqrt(dot(row, row));
      for (int j = 0; j < n; j++) {
        row[j] *= scale;
        values[offset + i * n + j] = (float) row[j];
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double factor, double[] a, double[] to) {
    for (int i = 0; i < a.length; i++) {
      to[i] += factor * a[i];
    }
  }
}
