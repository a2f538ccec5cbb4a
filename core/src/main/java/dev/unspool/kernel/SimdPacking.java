// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/** Moves row-major matrices into panels of two vectors; see {@link SimdMatrix}. */
final class SimdPacking {
  private SimdPacking() {}

  /**
   * The columns of a matrix into panels of rows × W, the last one filled up with what it was filled
   * with before.
   *
   * @param a rows × columns from {@code offset}
   */
  static void copy(float[] a, int offset, int rows, int columns, float[] panels) {
    int column = 0;
    for (; column + W <= columns; column += W) {
      int target = column * rows;
      for (int row = 0; row < rows; row++) {
        int source = offset + row * columns + column;
        FloatVector.fromArray(F, a, source).intoArray(panels, target + row * W);
        FloatVector.fromArray(F, a, source + L).intoArray(panels, target + row * W + L);
      }
    }
    if (column < columns) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(
            a, offset + row * columns + column, panels, column * rows + row * W, columns - column);
      }
    }
  }

  /**
   * The same for the transposed matrix, whose columns are the rows of this one: panels of columns ×
   * W.
   *
   * @param a rows × columns from {@code offset}
   */
  static void transpose(float[] a, int offset, int rows, int columns, float[] panels) {
    for (int first = 0; first < rows; first += W) {
      int target = first * columns;
      int height = Math.min(W, rows - first);
      for (int row = 0; row < height; row++) {
        int source = offset + (first + row) * columns;
        for (int column = 0; column < columns; column++) {
          panels[target + column * W + row] = a[source + column];
        }
      }
    }
  }
}
