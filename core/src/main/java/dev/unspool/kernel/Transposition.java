// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Some rows of a matrix, as many as a vector has lanes, to be transposed into a panel, see {@link
 * SimdPacking}: {@link TranspositionCompiler} makes the one for the vectors of this process.
 */
interface Transposition {
  /**
   * Transposes them.
   *
   * @param columns a multiple of the lanes
   * @param a0 where the first row begins
   * @param lda from one row to the next
   * @param b overwritten with a row for each column, {@link Simd#W} apart
   * @param b0 where the first of these begins
   */
  void run(int columns, float[] a, int a0, int lda, float[] b, int b0);
}
