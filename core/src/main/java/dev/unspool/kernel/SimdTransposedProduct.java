// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import jdk.incubator.vector.FloatVector;

/**
 * {@code D += Aᵀ·B}, the weight gradient of a sweep. Rows of both matrices lie far apart, at
 * distances that may be powers of two and then fall into few sets of the cache; so both are copied
 * into panels first, which costs little next to the product. Holds the room for that.
 */
final class SimdTransposedProduct {
  /** Columns of A in a tile. */
  private static final int TILE = Simd.WIDE ? 6 : 5;

  /** Width of a panel of A: vectors, and tiles, whatever the width. */
  static final int G = Simd.WIDE ? 3 * L : 5 * L;

  /** Columns of A in a tile at an edge. */
  private static final int EDGE = 5;

  /** Rows that are done at once: a panel of A stays in the first-level cache. */
  private static final int DEPTH = Simd.WIDE ? 128 : 160;

  private final float[] left = new float[DEPTH * G + EDGE];
  private final float[] edge = new float[EDGE * W];
  private float[] right = new float[0];

  /** Adds to the rows {@code from} to {@code to} of D. */
  void add(
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
    for (int row = 0; row < rows; row += DEPTH) {
      int depth = Math.min(DEPTH, rows - row);
      packRight(b, bOffset + row * n, n, depth);
      for (int i = from; i < to; i += G) {
        int width = Math.min(G, to - i);
        packLeft(a, aOffset + row * m + i, m, width, depth);
        panel(width, n, depth, d, dOffset + i * n);
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

  /** The packed columns of A times all panels of B. */
  private void panel(int width, int n, int depth, float[] d, int d0) {
    int tiles = width / TILE;
    int done = tiles * TILE;
    int column = 0;
    for (; Simd.WIDE && column + 2 * W <= n; column += 2 * W) {
      SimdGradientTiles.sixWide(
          tiles, left, 0, right, column * depth, W * depth, depth, d, d0 + column, n);
      edge(done, width - done, column, W, n, depth, d, d0);
      edge(done, width - done, column + W, W, n, depth, d, d0);
    }
    for (; column + W <= n; column += W) {
      SimdGradientTiles.five(
          Simd.WIDE ? 0 : tiles, left, 0, right, column * depth, depth, d, d0 + column, n);
      edge(Simd.WIDE ? 0 : done, width - (Simd.WIDE ? 0 : done), column, W, n, depth, d, d0);
    }
    edge(0, width, column, n - column, n, depth, d, d0);
  }

  /** Tiles that stick out: by way of one that does not. */
  private void edge(
      int from, int count, int column, int columns, int n, int depth, float[] d, int d0) {
    if (columns == 0) {
      return;
    }
    for (int i = from; i < from + count; i += EDGE) {
      int height = Math.min(EDGE, from + count - i);
      for (int r = 0; r < height; r++) {
        System.arraycopy(d, d0 + (i + r) * n + column, edge, r * W, columns);
      }
      SimdGradientTiles.five(1, left, i, right, column * depth, depth, edge, 0, W);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * W, d, d0 + (i + r) * n + column, columns);
      }
    }
  }
}
