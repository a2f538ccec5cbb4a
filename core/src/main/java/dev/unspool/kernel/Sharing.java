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

  /** Whether so many threads have rows enough of their own, and weights that stay near. */
  private static boolean byRows(int rows, int threads, int weights) {
    return rows / threads >= enough(rows) && weights <= NEAR;
  }

  /**
   * As {@link Kernels#ownRows}: some threads fewer, which do not wait for each other, are better
   * than all.
   */
  static int ownRows(int rows, int threads, int weights) {
    int own = threads;
    while (own > 1 && !byRows(rows, own, weights)) {
      own--;
    }
    return 2 * own >= threads ? own : 1;
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

  /** As {@link Kernels#threads(int, int, int, long)}. */
  static int threads(int processors, int rows, int largest, long weights) {
    int most = (int) Math.clamp(rows * weights / ENOUGH, 1, (long) processors);
    int own = ownRows(rows, most, largest);
    return own > 1 ? own : most;
  }
}
