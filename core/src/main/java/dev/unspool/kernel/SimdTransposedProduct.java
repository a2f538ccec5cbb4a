// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * {@code D = Aᵀ·B}, the weight gradient of a sweep, for one or several B. Rows of both matrices lie
 * far apart, at distances that may be powers of two and then fall into few sets of the cache; so
 * both are copied into panels first, which costs little next to the product. Holds the room for
 * that.
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

  private final SimdNarrowGradient narrow = new SimdNarrowGradient();
  private final float[] edge = new float[Tiles.HIGHEST * Tiles.WIDEST * L];
  private final AlignedFloats left = new AlignedFloats(0);
  private final AlignedFloats right = new AlignedFloats(0);

  /** Computes the rows {@code from} to {@code to} of all D, and as many sums of columns of A. */
  void multiply(
      int from,
      int to,
      float[] a,
      int aOffset,
      int m,
      int rows,
      List<RightSide> rights,
      float[] sums,
      int sumsOffset) {
    int columns = 0;
    for (int r = 0; r < rights.size(); r++) {
      RightSide side = rights.get(r);
      if (isNarrow(side)) {
        narrow.multiply(
            from, to, a, aOffset, m, side.b, side.bOffset, side.n, rows, side.d, side.dOffset);
      } else {
        columns += filled(side);
      }
    }
    if (columns == 0 && sumsOffset < 0) {
      return;
    }
    int most = Math.clamp(FAR / Math.max(1, columns), SHALLOWEST, DEEPEST);
    int passes = Math.max(1, (rows + most - 1) / most);
    for (int pass = 0; pass < passes; pass++) {
      // Even passes: a short one reads and writes as much of D as a long one.
      int row = (int) ((long) rows * pass / passes);
      int depth = (int) ((long) rows * (pass + 1) / passes) - row;
      left.makeRoom(depth * G);
      left.renew();
      packRight(rights, columns, row, depth);
      for (int i = from; i < to; i += G) {
        int width = Math.min(G, to - i);
        packLeft(a, aOffset + row * m + i, m, width, depth);
        if (sumsOffset >= 0) {
          addColumns(row == 0, width, depth, sums, sumsOffset + i);
        }
        int b0 = right.start();
        for (int r = 0; r < rights.size(); r++) {
          RightSide side = rights.get(r);
          if (!isNarrow(side)) {
            panel(row == 0, width, b0, side.n, depth, side.d, side.dOffset + i * side.n);
            b0 += filled(side) * depth;
          }
        }
      }
    }
  }

  private static boolean isNarrow(RightSide side) {
    return side.n <= SimdNarrowGradient.COLUMNS;
  }

  /** Columns of all panels. */
  private static int filled(RightSide side) {
    return (side.n + W - 1) / W * W;
  }

  private void packRight(List<RightSide> rights, int columns, int row, int depth) {
    right.makeRoom(columns * depth);
    int b0 = right.renew();
    for (int r = 0; r < rights.size(); r++) {
      RightSide side = rights.get(r);
      if (!isNarrow(side)) {
        SimdPacking.copy(side.b, side.bOffset + row * side.n, depth, side.n, right.values(), b0);
        b0 += filled(side) * depth;
      }
    }
  }

  private void packLeft(float[] a, int offset, int m, int width, int depth) {
    float[] packed = left.values();
    int start = left.start();
    if (width < G) {
      for (int row = 0; row < depth; row++) {
        System.arraycopy(a, offset + row * m, packed, start + row * G, width);
      }
      return;
    }
    for (int row = 0; row < depth; row++) {
      for (int v = 0; v < G; v += L) {
        FloatVector.fromArray(F, a, offset + row * m + v).intoArray(packed, start + row * G + v);
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
   * The packed columns of A times all panels of B.
   *
   * @param fresh whether D is overwritten rather than added to
   */
  private void panel(boolean fresh, int width, int b0, int n, int depth, float[] d, int d0) {
    int rows = n * depth <= NEAR ? Tiles.rows(Tiles.group(MANY, (n + L - 1) / L)) : width;
    for (int i = 0; i < width; i += rows) {
      int height = Math.min(rows, width - i);
      int vectors;
      for (int column = 0; column < n; column += vectors * L) {
        vectors = Tiles.group(MANY, (n - column + L - 1) / L);
        tiles(fresh, i, height, b0 + column * depth, column, vectors, n, depth, d, d0);
      }
    }
  }

  /** Some columns of A times a group of vectors of B. */
  private void tiles(
      boolean fresh,
      int i,
      int width,
      int b0,
      int column,
      int vectors,
      int n,
      int depth,
      float[] d,
      int d0) {
    int c0 = d0 + i * n + column;
    int panel = W * depth;
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
          b0,
          panel,
          depth,
          d,
          c0,
          n,
          d,
          c0,
          n);
    } else {
      edge(fresh, i, width, b0, vectors, n - column, n, depth, d, c0);
    }
  }

  /** Tiles that stick out: by way of one that does not. */
  private void edge(
      boolean fresh,
      int i,
      int width,
      int b0,
      int vectors,
      int inside,
      int n,
      int depth,
      float[] d,
      int c0) {
    int length = vectors * L;
    int tile = Tiles.rows(vectors);
    for (int row = 0; row < width; row += tile) {
      int height = Math.min(tile, width - row);
      for (int r = 0; r < height && !fresh; r++) {
        System.arraycopy(d, c0 + (row + r) * n, edge, r * length, inside);
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
        System.arraycopy(edge, r * length, d, c0 + (row + r) * n, inside);
      }
    }
  }
}
