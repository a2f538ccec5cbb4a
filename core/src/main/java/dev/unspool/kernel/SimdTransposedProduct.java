// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * {@code D = Aᵀ·B}, the weight gradient of a sweep, for one or several B, whose panels threads
 * share: what one of them needs to compute its part. Rows of both matrices lie far apart, at
 * distances that may be powers of two and then fall into few sets of the cache; so both are copied
 * into panels first, which costs little next to the product.
 */
final class SimdTransposedProduct {
  /** Width of a panel of A: vectors, and tiles, whatever the width. */
  static final int G = Tiles.WHOLE ? 4 * L : Simd.WIDE ? 3 * L : 5 * L;

  /**
   * Values of B up to which all of it stays in the first-level cache. Then tiles go along the rows
   * of D, which caches like to write in order; else down, along the panel of A that stays there.
   */
  private static final int NEAR = Caches.FIRST_LEVEL / 4 * 3 / Float.BYTES;

  /** Values of B that are done at once where there are more: most of a second-level cache. */
  private static final int FAR = Caches.SECOND_LEVEL / 4 * 3 / Float.BYTES;

  /** Rows of D are always many, as {@link Tiles#group} counts. */
  private static final int MANY = 3;

  /** Rows of A and B that are done at once in any case, and at most. */
  private static final int SHALLOWEST = 128;

  private static final int DEEPEST = 1024;

  private final float[] edge = new float[Tiles.HIGHEST * Tiles.WIDEST * L];
  private final AlignedFloats left = new AlignedFloats(0);

  /** Rows of A and B that are done at once, if B has so many panels in all. */
  static int most(int panels) {
    return Math.clamp(FAR / Math.max(1, panels * W), SHALLOWEST, DEEPEST);
  }

  /** Panels of a right side. */
  static int panels(RightSide side) {
    return isNarrow(side) ? 0 : (side.n + W - 1) / W;
  }

  /** Whether a right side has too few columns for panels: see {@link SimdNarrowGradient}. */
  static boolean isNarrow(RightSide side) {
    return side.n <= SimdNarrowGradient.COLUMNS;
  }

  /** A panel as one of {@code count} that come after so many others; the nearest of these. */
  static int within(int panel, int before, int count) {
    return Math.clamp(panel - before, 0, count);
  }

  /**
   * Computes the rows {@code from} to {@code to} of all D, in the columns of some panels, and as
   * many sums of columns of A.
   *
   * @param fresh whether D and sums are overwritten rather than added to
   * @param first the first of these panels, of all that right sides have together
   * @param end the one after the last
   * @param a where these rows of A begin
   * @param m distance of its rows
   * @param right panels of all right sides, as deep
   * @param sumsOffset negative: none
   */
  void multiply(
      boolean fresh,
      int from,
      int to,
      int first,
      int end,
      float[] a,
      int aOffset,
      int m,
      int depth,
      List<RightSide> rights,
      AlignedFloats right,
      float[] sums,
      int sumsOffset) {
    left.makeRoom(depth * G);
    left.renew();
    for (int i = from; i < to; i += G) {
      int width = Math.min(G, to - i);
      packLeft(a, aOffset + i, m, width, depth);
      if (sumsOffset >= 0) {
        addColumns(fresh, width, depth, sums, sumsOffset + i);
      }
      int before = 0;
      for (int r = 0; r < rights.size(); r++) {
        RightSide side = rights.get(r);
        int count = panels(side);
        int column = within(first, before, count) * W;
        int last = Math.min(side.n, within(end, before, count) * W);
        if (column < last) {
          int b0 = right.start() + before * W * depth;
          panel(fresh, width, right, b0, column, last, depth, side, side.dOffset + i * side.n);
        }
        before += count;
      }
    }
  }

  private void packLeft(float[] a, int offset, int m, int width, int depth) {
    float[] packed = left.values();
    int start = left.start();
    int whole = width / L * L;
    for (int row = 0; row < depth; row++) {
      for (int v = 0; v < whole; v += L) {
        FloatVector.fromArray(F, a, offset + row * m + v).intoArray(packed, start + row * G + v);
      }
      for (int v = whole; v < width; v++) {
        packed[start + row * G + v] = a[offset + row * m + v];
      }
    }
  }

  /** The sums of the packed columns of A, which a cache holds. */
  private void addColumns(boolean fresh, int width, int depth, float[] sums, int s0) {
    if (fresh) {
      Arrays.fill(sums, s0, s0 + width, 0);
    }
    float[] packed = left.values();
    int start = left.start();
    int j = 0;
    for (; j + 2 * L <= width; j += 2 * L) {
      FloatVector even = FloatVector.fromArray(F, sums, s0 + j);
      FloatVector odd = FloatVector.fromArray(F, sums, s0 + j + L);
      for (int row = 0; row < depth; row++) {
        even = even.add(FloatVector.fromArray(F, packed, start + row * G + j));
        odd = odd.add(FloatVector.fromArray(F, packed, start + row * G + j + L));
      }
      even.intoArray(sums, s0 + j);
      odd.intoArray(sums, s0 + j + L);
    }
    for (; j + L <= width; j += L) {
      FloatVector sum = FloatVector.fromArray(F, sums, s0 + j);
      for (int row = 0; row < depth; row++) {
        sum = sum.add(FloatVector.fromArray(F, packed, start + row * G + j));
      }
      sum.intoArray(sums, s0 + j);
    }
    for (; j < width; j++) {
      float sum = sums[s0 + j];
      for (int row = 0; row < depth; row++) {
        sum += packed[start + row * G + j];
      }
      sums[s0 + j] = sum;
    }
  }

  /**
   * The packed columns of A times the columns {@code from} to {@code to} of B.
   *
   * @param fresh whether D is overwritten rather than added to
   */
  private void panel(
      boolean fresh,
      int width,
      AlignedFloats right,
      int b0,
      int from,
      int to,
      int depth,
      RightSide side,
      int d0) {
    int vectors = (to - from + L - 1) / L;
    int rows = vectors * L * depth <= NEAR ? Tiles.rows(Tiles.group(MANY, vectors)) : width;
    for (int i = 0; i < width; i += rows) {
      int height = Math.min(rows, width - i);
      int group;
      for (int column = from; column < to; column += group * L) {
        group = Tiles.group(MANY, (to - column + L - 1) / L);
        tiles(fresh, i, height, right, b0, column, group, depth, side, d0);
      }
    }
  }

  /** Some columns of A times a group of vectors of B. */
  private void tiles(
      boolean fresh,
      int i,
      int width,
      AlignedFloats right,
      int b0,
      int column,
      int vectors,
      int depth,
      RightSide side,
      int d0) {
    int n = side.n;
    int c0 = d0 + i * n + column;
    int start = b0 + column * depth;
    if (column + vectors * L <= n) {
      Tiles.down(
          width,
          vectors,
          G,
          fresh,
          left.values(),
          left.start() + i,
          0,
          right.values(),
          start,
          W * depth,
          depth,
          side.d,
          c0,
          n,
          side.d,
          c0,
          n);
    } else {
      edge(fresh, i, width, right, start, vectors, n - column, depth, side, c0);
    }
  }

  /** Tiles that stick out: by way of one that does not. */
  private void edge(
      boolean fresh,
      int i,
      int width,
      AlignedFloats right,
      int b0,
      int vectors,
      int inside,
      int depth,
      RightSide side,
      int c0) {
    int n = side.n;
    int length = vectors * L;
    int tile = Tiles.rows(vectors);
    for (int row = 0; row < width; row += tile) {
      int height = Math.min(tile, width - row);
      for (int r = 0; r < height && !fresh; r++) {
        System.arraycopy(side.d, c0 + (row + r) * n, edge, r * length, inside);
      }
      Tiles.down(
          height,
          vectors,
          G,
          fresh,
          left.values(),
          left.start() + i + row,
          0,
          right.values(),
          b0,
          W * depth,
          depth,
          edge,
          0,
          length,
          edge,
          0,
          length);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * length, side.d, c0 + (row + r) * n, inside);
      }
    }
  }
}
