// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * {@code D = Aᵀ·B}, the weight gradient of a sweep. Rows of both matrices lie far apart, at
 * distances that may be powers of two and then fall into few sets of the cache; so both are copied
 * into panels first, which costs little next to the product. Holds the room for that.
 */
final class SimdTransposedProduct {
  /** Columns of A in a tile. */
  private static final int TILE = Simd.WIDE ? 6 : 5;

  /** Columns of B in a tile. */
  private static final int SPAN = Simd.WIDE ? 2 * W : W;

  /**
   * Values of B up to which all of it stays in the first-level cache. Then tiles go along the rows
   * of D, which caches like to write in order; else down, along the panel of A that stays there.
   */
  private static final int NEAR = 6 * 1024;

  private static final float[] ZEROS = new float[2 * W];

  /** Width of a panel of A: vectors, and tiles, whatever the width. */
  static final int G = Simd.WIDE ? 3 * L : 5 * L;

  /** Columns of A in a tile at an edge. */
  private static final int EDGE = 5;

  /** Rows that are done at once where there are more: both panels stay in the first-level cache. */
  private static final int DEPTH = 128;

  /** Rows up to which reading and writing D a second time would cost more than that. */
  private static final int DEEPEST = 160;

  private final SimdNarrowGradient narrow = new SimdNarrowGradient();
  private final float[] left = new float[DEEPEST * G + EDGE];
  private final float[] edge = new float[EDGE * W];
  private float[] right = new float[0];

  /** Computes the rows {@code from} to {@code to} of D. */
  void multiply(
      int from,
      int to,
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset) {
    if (n <= SimdNarrowGradient.COLUMNS) {
      narrow.multiply(from, to, a, aOffset, m, b, bOffset, n, rows, d, dOffset);
      return;
    }
    int passes = rows <= DEEPEST ? 1 : (rows + DEPTH - 1) / DEPTH;
    for (int pass = 0; pass < passes; pass++) {
      // Even passes: a short one reads and writes as much of D as a long one.
      int row = (int) ((long) rows * pass / passes);
      int depth = (int) ((long) rows * (pass + 1) / passes) - row;
      packRight(b, bOffset + row * n, n, depth);
      for (int i = from; i < to; i += G) {
        int width = Math.min(G, to - i);
        packLeft(a, aOffset + row * m + i, m, width, depth);
        panel(row == 0, width, n, depth, d, dOffset + i * n);
      }
    }
  }

  private void packRight(float[] b, int offset, int n, int depth) {
    int size = (n + W - 1) / W * W * depth;
    if (right.length < size) {
      right = new float[size];
    }
    SimdPacking.copy(b, offset, depth, n, right);
  }

  private void packLeft(float[] a, int offset, int m, int width, int depth) {
    if (width < G) {
      for (int row = 0; row < depth; row++) {
        System.arraycopy(a, offset + row * m, left, row * G, width);
      }
      return;
    }
    for (int row = 0; row < depth; row++) {
      for (int v = 0; v < G; v += L) {
        FloatVector.fromArray(F, a, offset + row * m + v).intoArray(left, row * G + v);
      }
    }
  }

  /**
   * The packed columns of A times all panels of B.
   *
   * @param fresh whether D is overwritten rather than added to
   */
  private void panel(boolean fresh, int width, int n, int depth, float[] d, int d0) {
    int tiles = width / TILE;
    int done = tiles * TILE;
    int spans = n / SPAN;
    if (n * depth <= NEAR) {
      for (int i = 0; i < done; i += TILE) {
        tiles(fresh, spans, i, 0, 0, SPAN, n, depth, d, d0);
      }
    } else {
      for (int column = 0; column < spans * SPAN; column += SPAN) {
        tiles(fresh, tiles, 0, TILE, column, 0, n, depth, d, d0);
      }
    }
    for (int column = 0; column < spans * SPAN; column += W) {
      edge(fresh, done, width - done, column, W, n, depth, d, d0);
    }
    for (int column = spans * SPAN; column < n; column += W) {
      edge(fresh, 0, width, column, Math.min(W, n - column), n, depth, d, d0);
    }
  }

  /** Tiles of D beside or below each other, the first at row i and a column, and so many apart. */
  private void tiles(
      boolean fresh,
      int count,
      int i,
      int down,
      int column,
      int across,
      int n,
      int depth,
      float[] d,
      int d0) {
    int c0 = d0 + i * n + column;
    int step = down * n + across;
    int b0 = column * depth;
    int further = across * depth;
    if (Simd.WIDE && fresh) {
      SimdGradientTiles.sixWideFresh(
          count, left, i, down, right, b0, further, depth, d, c0, n, step);
    } else if (Simd.WIDE) {
      SimdGradientTiles.sixWide(
          count, left, i, down, right, b0, further, depth, d, c0, n, step, d, c0, n, step);
    } else if (fresh) {
      SimdGradientTiles.fiveFresh(count, left, i, down, right, b0, further, depth, d, c0, n, step);
    } else {
      SimdGradientTiles.five(
          count, left, i, down, right, b0, further, depth, d, c0, n, step, d, c0, n, step);
    }
  }

  /** Tiles that stick out: by way of one that does not. */
  private void edge(
      boolean fresh,
      int from,
      int count,
      int column,
      int columns,
      int n,
      int depth,
      float[] d,
      int d0) {
    for (int i = from; i < from + count; i += EDGE) {
      int height = Math.min(EDGE, from + count - i);
      for (int r = 0; r < height && !fresh; r++) {
        System.arraycopy(d, d0 + (i + r) * n + column, edge, r * W, columns);
      }
      float[] init = fresh ? ZEROS : edge;
      int ldi = fresh ? 0 : W;
      SimdGradientTiles.five(
          1, left, i, 0, right, column * depth, 0, depth, init, 0, ldi, 0, edge, 0, W, 0);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * W, d, d0 + (i + r) * n + column, columns);
      }
    }
  }
}
