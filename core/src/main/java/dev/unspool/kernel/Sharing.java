// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Rules of how work is shared out among threads. Numbers that are computed do not depend on them.
 */
final class Sharing {
  /**
   * Multiplications of a step for each thread, at least: some microseconds, several times as long
   * as threads take to meet.
   */
  private static final long ENOUGH = 1 << 18;

  /** Weights of a matrix that stay in a second-level cache beside what else a step touches. */
  private static final int NEAR = Caches.SECOND_LEVEL / 4 * 3 / Float.BYTES;

  private Sharing() {}

  /**
   * As {@link Kernels#haveOwnRows}: where there are rows for a tile each, or for half of one where
   * more than two threads would else wait for each other at every product.
   */
  static boolean haveOwnRows(int rows, int threads, int weights) {
    int tiles = rows / enough(rows);
    return threads > 1 && tiles > 1 && 2 * tiles >= threads && weights <= NEAR;
  }

  /**
   * Rows that use a weight often enough: a tile of them where columns are plenty, or four of six,
   * which is nearly as fast.
   */
  static int enough(int rows) {
    return Tiles.WHOLE ? 4 : Tiles.rows(Tiles.group(rows, 96));
  }

  /**
   * How many pieces one side of a product is cut into, the other side into as many as threads are
   * left for each: so that the largest part is as small as can be, and rather the one side.
   *
   * @param side panels of columns, or groups of rows
   * @param parts threads
   * @param extra what a part costs beside one of {@code other}, in halves of that
   */
  static int pieces(int side, int other, int parts, int extra) {
    int best = parts;
    long least = Long.MAX_VALUE;
    for (int pieces = parts; pieces > 0; pieces--) {
      long part =
          (long) Math.ceilDiv(side, pieces) * (2 * Math.ceilDiv(other, parts / pieces) + extra);
      if (parts % pieces == 0 && part < least) {
        best = pieces;
        least = part;
      }
    }
    return best;
  }

  /** As {@link Kernels#threads(int, int, long)}. */
  static int threads(int processors, int rows, long weights) {
    return (int) Math.clamp(rows * weights / ENOUGH, 1, (long) processors);
  }
}
