// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * Moves row-major matrices into panels of two vectors; see {@link SimdMatrix}. What is moved is the
 * same whoever shares one.
 */
final class SimdPacking {
  /**
   * Values that are still transposed one by one. Until it is compiled, a transposition in registers
   * takes a tenth of a second and more, which whoever packs a few times would not get back.
   */
  private int plain;

  SimdPacking() {
    this(1 << 26);
  }

  /** One that transposes so many values one by one. */
  SimdPacking(int plain) {
    this.plain = plain;
  }

  /**
   * The columns of a matrix into panels of rows × W, the last one filled up with what it was filled
   * with before.
   *
   * @param a rows × columns from {@code offset}
   * @param start where the first panel begins
   */
  static void copy(float[] a, int offset, int rows, int columns, float[] panels, int start) {
    copy(0, columns, a, offset, rows, columns, panels, start);
  }

  /** The same for the columns {@code from}, with which a panel begins, to {@code to}. */
  static void copy(
      int from, int to, float[] a, int offset, int rows, int columns, float[] panels, int start) {
    int column = from;
    for (; column + W <= to; column += W) {
      int target = start + column * rows;
      for (int row = 0; row < rows; row++) {
        int source = offset + row * columns + column;
        FloatVector.fromArray(F, a, source).intoArray(panels, target + row * W);
        FloatVector.fromArray(F, a, source + L).intoArray(panels, target + row * W + L);
      }
    }
    if (column < to) {
      for (int row = 0; row < rows; row++) {
        int target = start + column * rows + row * W;
        System.arraycopy(a, offset + row * columns + column, panels, target, to - column);
      }
    }
  }

  /**
   * Whether so many values are to be transposed in registers, and not one by one; counts those that
   * are not. Whoever transposes asks once, and from one thread.
   */
  boolean inRegisters(int values) {
    if (plain > 0) {
      plain -= values;
      return false;
    }
    return true;
  }

  /**
   * The same for the transposed matrix, whose columns are the rows of this one: panels of columns ×
   * W.
   *
   * @param inRegisters what {@link #inRegisters(int)} has said
   * @param a rows × columns from {@code offset}
   * @param start where the first panel begins
   */
  static void transpose(
      boolean inRegisters,
      float[] a,
      int offset,
      int rows,
      int columns,
      float[] panels,
      int start) {
    if (inRegisters) {
      transposeBlocks(a, offset, rows, columns, panels, start);
    } else {
      transposeRows(0, a, offset, rows, columns, panels, start);
    }
  }

  /** Whether so many values have been transposed that it is worth doing in registers. */
  boolean isCompiled() {
    return plain <= 0;
  }

  /** In registers, as far as whole blocks go. */
  private static void transposeBlocks(
      float[] a, int offset, int rows, int columns, float[] panels, int start) {
    int blocks = columns / L;
    int whole = blocks == 0 ? 0 : rows / L * L;
    for (int row = 0; row < whole; row += L) {
      int source = offset + row * columns;
      int target = start + row / W * W * columns + row % W;
      Blocks.INSTANCE.run(blocks * L, a, source, columns, panels, target);
      for (int r = 0; r < L && blocks * L < columns; r++) {
        transposeRow(a, source + r * columns, blocks * L, columns, panels, target + r);
      }
    }
    transposeRows(whole, a, offset, rows, columns, panels, start);
  }

  private static void transposeRows(
      int from, float[] a, int offset, int rows, int columns, float[] panels, int start) {
    for (int row = from; row < rows; row++) {
      int target = start + row / W * W * columns + row % W;
      transposeRow(a, offset + row * columns, 0, columns, panels, target);
    }
  }

  private static void transposeRow(
      float[] a, int offset, int from, int to, float[] panels, int target) {
    for (int column = from; column < to; column++) {
      panels[target + column * W] = a[offset + column];
    }
  }

  /** Made when it is first needed. */
  private static final class Blocks {
    static final Transposition INSTANCE = TranspositionCompiler.transposition();
  }
}
