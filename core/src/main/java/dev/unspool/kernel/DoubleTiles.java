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

  /** Products there are tiles for. */
  enum Kind {
    /** {@code C = A·B}, the factors of each row dense. */
    FRESH(0, true, PANEL),
    /** {@code C += A·B}, the factors of each row dense. */
    ADDED(0, false, PANEL),
    /** {@code C += A·B}, the factors of {@link DoubleTiles#BLOCK} rows side by side. */
    PACKED(BLOCK, false, PANEL),
    /** Signals times a block; see {@link DoubleTiles#along}. */
    ALONG(0, true, BLOCK);

    /** For each kind those that were needed so far; see {@link Tiles}. */
    private static final DoubleTile[][] MADE =
        new DoubleTile[values().length][(Tiles.HIGHEST + 1) * (Tiles.WIDEST + 1)];

    private final int packed;
    private final boolean fresh;

    /** From one k to the next in B. */
    final int turn;

    Kind(int packed, boolean fresh, int turn) {
      this.packed = packed;
      this.fresh = fresh;
      this.turn = turn;
    }

    /** What a tile of this kind is made for. */
    TileShape shape(int rows, int vectors) {
      return new TileShape(rows, vectors, packed, fresh);
    }

    private DoubleTile tile(int rows, int vectors) {
      DoubleTile[] made = MADE[ordinal()];
      int index = rows * (Tiles.WIDEST + 1) + vectors;
      DoubleTile tile = made[index];
      if (tile == null) {
        tile = TileCompiler.compileDouble(shape(rows, vectors), turn);
        made[index] = tile;
      }
      return tile;
    }
  }

  private DoubleTiles() {}

  /**
   * {@code C = A·B} or {@code C += A·B} for some panels; see {@link DoubleTile#run}.
   *
   * @param kind any but {@link Kind#ALONG}
   * @param vectors of each row of C
   */
  static void multiply(
      Kind kind,
      int rows,
      int vectors,
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
    int apart = kind == Kind.PACKED ? 1 : lda;
    for (int v = 0; v < vectors; ) {
      int width = Tiles.group(rows, vectors - v);
      int at = b0 + v / 2 * panel;
      int most = Tiles.rows(width);
      int tiles = (rows + most - 1) / most;
      int height = rows / tiles;
      int higher = rows - height * tiles;
      if (higher > 0) {
        kind.tile(height + 1, width)
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
      kind.tile(height, width)
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
        Kind.ALONG
            .tile(Math.min(most, rows - row), width)
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
}
