// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Tiles of a product below each other, {@code C = A·B} or {@code C += A·B}, in float64; see {@link
 * Tile}. Panels of the result, two vectors each, may stand anywhere.
 */
interface DoubleTile {
  /**
   * Computes some tiles, each of them {@code rows × vectors}.
   *
   * @param a factors: one for each row and k; see {@link TileShape#packed}
   * @param a0 where the factors of the first tile begin
   * @param lda from one row to the next, where they are not packed
   * @param aNext from one tile to the next
   * @param b panels
   * @param panel from one panel to the next
   * @param depth of k
   * @param c overwritten or added to
   * @param c0 added to all places
   * @param row of the result, with which the first tile begins
   * @param places for each panel, where in {@code c} its row 0 begins
   * @param strides for each panel, how far it is from one row to the next
   * @param place the first panel of the tile in these
   */
  void run(
      int tiles,
      double[] a,
      int a0,
      int lda,
      int aNext,
      double[] b,
      int b0,
      int panel,
      int depth,
      double[] c,
      int c0,
      int row,
      int[] places,
      int[] strides,
      int place);
}
