// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Tiles of a product below each other, {@code C = init + A·B}: the innermost loops of all products
 * of matrices, of which {@link TileCompiler} makes one for each {@link TileShape}.
 *
 * <p>Each element of the result is one sum over k in order, by fused multiply-adds: it depends
 * neither on the shape of the tile that it is computed in nor on what is computed beside it.
 */
interface Tile {
  /**
   * Computes some tiles, each of them {@code rows × vectors}.
   *
   * @param a factors: one for each row and k; see {@link TileShape#packed}
   * @param a0 where the factors of the first tile begin
   * @param lda from one row to the next, where they are not packed
   * @param aNext from one tile to the next, as all that is called next
   * @param b panels, each depth × {@link Simd#W} and dense
   * @param panel from one panel to the next
   * @param depth of k
   * @param init what the sums begin with, where they do not begin with zeros; may be {@code c}
   * @param ldi from one row to the next, 0 if all rows begin with the same
   * @param c overwritten
   * @param ldc from one row to the next
   */
  void run(
      int tiles,
      float[] a,
      int a0,
      int lda,
      int aNext,
      float[] b,
      int b0,
      int panel,
      int depth,
      float[] init,
      int i0,
      int ldi,
      int iNext,
      float[] c,
      int c0,
      int ldc,
      int cNext);
}
