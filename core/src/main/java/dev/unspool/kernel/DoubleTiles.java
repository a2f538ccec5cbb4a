// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Products in float64 cut into tiles, by the rules of {@link Tiles}: there are as many registers,
 * and each holds half as many numbers.
 */
final class DoubleTiles {
  /** Doubles of a vector. */
  static final int L = Simd.L / 2;

  /** Columns of a panel. */
  static final int PANEL = 2 * L;

  /** Rows of factors that stand side by side in {@link LagBlocks}. */
  static final int BLOCK = LagBlocks.BLOCK;

  /** For each kind of product those that were needed so far; see {@link Tiles}. */
  private static final DoubleTile[][] MADE =
      new DoubleTile[6][(Tiles.HIGHEST + 1) * (Tiles.WIDEST + 1)];

  private DoubleTiles() {}

  /**
   * {@code C = A·B} or {@code C += A·B} for some panels; see {@link DoubleTile#run}.
   *
   * @param vectors of each row of C
   * @param packed whether the factors of {@link #BLOCK} rows stand side by side; else each row's
   *     are dense
   * @param fresh whether it is the former
   */
  static void multiply(
      boolean fresh,
      int rows,
      int vectors,
      boolean packed,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int panel,
      int depth,
      double[] c,
      int c0,
      int row,
      int[] places,
      int[] strides) {
    int kind = (packed ? 2 : 0) + (fresh ? 1 : 0);
    int apart = packed ? 1 : lda;
    for (int v = 0; v < vectors; ) {
      int width = Tiles.group(rows, vectors - v);
      int at = b0 + v / 2 * panel;
      int most = Tiles.rows(width);
      int tiles = (rows + most - 1) / most;
      int height = rows / tiles;
      int higher = rows - height * tiles;
      if (higher > 0) {
        of(kind, height + 1, width)
            .run(
                higher,
                a,
                a0,
                lda,
                (height + 1) * apart,
                b,
                at,
                panel,
                depth,
                c,
                c0,
                row,
                places,
                strides,
                v / 2);
      }
      int done = higher * (height + 1);
      of(kind, height, width)
          .run(
              tiles - higher,
              a,
              a0 + done * apart,
              lda,
              height * apart,
              b,
              at,
              panel,
              depth,
              c,
              c0,
              row + done,
              places,
              strides,
              v / 2);
      v += width;
    }
  }

  /**
   * Sums over k of signals times a block: C, rows × {@link #BLOCK}, is overwritten.
   *
   * @param a for each row a signal, {@code lda} apart
   * @param b for each k a block
   * @param places for each two vectors of a block, where in C they go
   */
  static void along(
      int rows,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int depth,
      double[] c,
      int c0,
      int[] places,
      int[] strides) {
    int vectors = BLOCK / L;
    int width = Math.min(vectors, Tiles.WIDEST);
    int most = Tiles.rows(width);
    for (int v = 0; v < vectors; v += width) {
      for (int row = 0; row < rows; row += most) {
        of(5, Math.min(most, rows - row), width)
            .run(
                1,
                a,
                a0 + row * lda,
                lda,
                0,
                b,
                b0 + v * L,
                0,
                depth,
                c,
                c0,
                row,
                places,
                strides,
                v / 2);
      }
    }
  }

  private static DoubleTile of(int kind, int rows, int vectors) {
    int index = rows * (Tiles.WIDEST + 1) + vectors;
    DoubleTile tile = MADE[kind][index];
    if (tile == null) {
      int packed = kind / 2 == 1 ? BLOCK : 0;
      var shape = new TileShape(rows, vectors, packed, kind % 2 == 1);
      tile = TileCompiler.compileDouble(shape, kind == 5 ? BLOCK : PANEL);
      MADE[kind][index] = tile;
    }
    return tile;
  }
}
