// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Which tiles products are cut into. A tile has as many sums as registers hold beside what a turn
 * of its loop reads: 24 with 32 registers (AVX-512, ARM), 10 with 16. The compiler loads the
 * factors of all rows before it multiplies, and vectors of weights only when it needs them; so
 * tiles have few rows and many vectors: 4 × 6 and 3 × 8 where 6 × 4 would spill two sums. With 16
 * registers, 5 × 2 is what does not spill (3 × 4 and 2 × 6 do, and take twice as long).
 *
 * <p>Where vectors of 512 bits are multiplied two a cycle, the second-level cache does not give six
 * of them in the time that four rows take. There, tiles are 6 × 4.
 *
 * <p>Groups of 6, 4 or 2 vectors begin with a panel; what is left is a group of its own, or is
 * added to the last one. With one or two rows there are too few sums in that to keep the adders
 * busy, so that groups are wider.
 */
final class Tiles {
  /** Vectors of a group at most. */
  static final int WIDEST = 8;

  /** Whether vectors of 512 bits are multiplied two a cycle: see {@link #areWhole}. */
  static final boolean WHOLE = areWhole(Simd.F.vectorBitSize(), Caches.FIRST_LEVEL);

  /** Rows of a tile of four vectors, where vectors are whole. */
  private static final int SIX = 6;

  /** For each number of vectors, rows of a tile at most. */
  private static final int[] ROWS =
      WHOLE
          ? new int[] {0, 8, 8, 7, SIX, 4, 4, 3, 3}
          : Simd.WIDE
              ? new int[] {0, 8, 8, 7, 4, 4, 4, 3, 3}
              : new int[] {0, 7, 5, 3, 2, 2, 1, 1, 1};

  /** Rows of any tile at most. */
  static final int HIGHEST = 8;

  /**
   * Those that were needed so far; each is made once, or twice by threads that come together. All
   * that are packed are packed alike.
   */
  private static final Tile[][] MADE = new Tile[4][(HIGHEST + 1) * (WIDEST + 1)];

  private Tiles() {}

  /**
   * Whether a machine with vectors of so many bits multiplies two of them a cycle: those of 512
   * bits do that have more than 32 kB of first-level cache (Intel since Ice Lake; of AMD, Zen 4 has
   * not and does not).
   */
  static boolean areWhole(int bits, int firstLevel) {
    return bits == 512 && firstLevel > 32 * 1024;
  }

  /** How many vectors the next group has, of those that are left. */
  static int group(int rows, int left) {
    if (rows > 2 && WHOLE) {
      return left < WIDEST ? left : 4;
    }
    int width = rows > 2 ? Simd.WIDE ? 6 : 2 : rows == 2 && !Simd.WIDE ? 4 : WIDEST;
    if (width == 6) {
      if (left <= WIDEST) {
        return left;
      }
      return left % width == 4 && left > 10 ? WIDEST : width;
    }
    return Math.min(left, width);
  }

  /**
   * Rows below each other times a group of vectors. Parameters are those of {@link Tile#run}.
   *
   * @param packed as in {@link TileShape}: 0, or always the same
   * @param fresh whether {@code C = A·B}, else {@code C = init + A·B}
   */
  static void down(
      int rows,
      int vectors,
      int packed,
      boolean fresh,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int panel,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    int most = rows(vectors);
    int step = packed == 0 ? lda : 1;
    int row = 0;
    while (row < rows) {
      int left = rows - row;
      int height = height(left, most);
      int tiles = tiles(left, height, most);
      of(height, vectors, packed, fresh)
          .run(
              tiles,
              a,
              a0 + row * step,
              lda,
              height * step,
              b,
              b0,
              panel,
              depth,
              init,
              i0 + row * ldi,
              ldi,
              height * ldi,
              c,
              c0 + row * ldc,
              ldc,
              height * ldc);
      row += tiles * height;
    }
  }

  /**
   * Rows of the next tiles, of those that are left: tiles are as even as can be, 9 rows 3 + 3 + 3
   * rather than 4 + 4 + 1. But of {@link #SIX} as many as leave no rest of one or two: 32 are 6 + 6
   * + 6 + 6 + 4 + 4, since the compiler may run out of registers for the addresses of five rows.
   */
  static int height(int left, int most) {
    if (most == SIX && sixes(left) > 0) {
      return SIX;
    }
    int tiles = (left + most - 1) / most;
    return (left + tiles - 1) / tiles;
  }

  /** How many tiles of that height come next; those behind them have fewer rows. */
  static int tiles(int left, int height, int most) {
    if (most == SIX && height == SIX) {
      return sixes(left);
    }
    int tiles = (left + most - 1) / most;
    return left - (height - 1) * tiles;
  }

  private static int sixes(int left) {
    int rest = left % SIX;
    return left / SIX - (rest == 1 || rest == 2 ? 1 : 0);
  }

  /** Rows of a tile of so many vectors at most. */
  static int rows(int vectors) {
    return ROWS[vectors];
  }

  /** The tile of a shape. */
  static Tile of(int rows, int vectors, int packed, boolean fresh) {
    Tile[] made = MADE[(packed == 0 ? 0 : 2) + (fresh ? 1 : 0)];
    int index = rows * (WIDEST + 1) + vectors;
    Tile tile = made[index];
    if (tile == null) {
      tile = TileCompiler.compile(new TileShape(rows, vectors, packed, fresh));
      made[index] = tile;
    }
    return tile;
  }
}
