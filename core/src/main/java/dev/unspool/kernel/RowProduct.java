// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Some rows of a matrix, as many as a vector has lanes, times a vector: they are transposed in
 * registers and used at once, where a packed copy would be used only once. {@link
 * TranspositionCompiler} makes the one for the vectors of this process. Each result is one sum over
 * the columns in order, by fused multiply-adds, as those of a {@link Tile}.
 *
 * <p>There is another one that also copies what it reads into panels for the way back. It waits for
 * exchanges in registers, so that few stores cost nothing; see {@link UnpackedWeights}.
 */
interface RowProduct {
  /**
   * Adds the products.
   *
   * @param columns a multiple of the lanes
   * @param a0 where the first row begins
   * @param lda from one row to the next
   * @param c one sum for each row, added to
   * @param c0 where these begin
   * @param x a factor for each column
   * @param x0 where these begin
   * @param y panels of {@link Simd#W} columns, whose rows are dense, if they are copied
   * @param y0 where the first of the rows begins in the first panel
   * @param panel from one panel to the next
   */
  void run(
      int columns,
      float[] a,
      int a0,
      int lda,
      float[] c,
      int c0,
      float[] x,
      int x0,
      float[] y,
      int y0,
      int panel);
}
