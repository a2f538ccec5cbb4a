// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import org.jspecify.annotations.Nullable;

/** What one thread needs to multiply with the weights of a {@link SimdMatrix}. */
final class SimdProduct implements MatrixProducts {
  /** Depth that is done at once: a group's part of its panels takes half a second-level cache. */
  private static final int DEPTH =
      Math.max(128, Caches.SECOND_LEVEL / 2 / (Tiles.WIDEST * L * Float.BYTES));

  /** Where the sums begin with zeros. */
  private static final float[] NONE = {};

  private final int k;
  private final int n;
  private final int panel;
  private final AlignedFloats weights;
  private final int part;

  /** Rows of the last group where its last vector is not full; empty where it is. */
  private final float[] edge;

  /**
   * For one row, two and more, and each number of pieces that columns are cut into: this part's.
   */
  private final @Nullable Groups[][] groups;

  /**
   * Whether the product goes through its panels from the last to the first. Every other one does:
   * it begins with what the one before has left in the cache, where not all of the matrix fits.
   */
  private boolean descending;

  /**
   * For weights in panels of K × 2·L.
   *
   * @param part number of the thread
   * @param parts how many there are
   */
  SimdProduct(int k, int n, AlignedFloats weights, int part, int parts) {
    this.k = k;
    this.n = n;
    this.panel = k * W;
    this.weights = weights;
    this.part = part;
    this.edge = new float[n % L == 0 ? 0 : Tiles.HIGHEST * Tiles.WIDEST * L];
    this.groups = new Groups[3][parts + 1];
  }

  @Override
  public void multiply(
      float[] a, int aOffset, int rows, float @Nullable [] bias, float[] c, int cOffset) {
    multiply(1, a, aOffset, rows, bias == null ? NONE : bias, 0, 0, c, cOffset);
  }

  @Override
  public void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset) {
    multiply(1, a, aOffset, rows, c, cOffset, n, c, cOffset);
  }

  /**
   * {@code C = init + A·M}, for one piece of the columns.
   *
   * @param pieces that columns are cut into; this thread has the one that is its number modulo that
   * @param init empty for zeros
   * @param ldi distance of the rows of init: n, or 0 where all rows begin with the same
   */
  void multiply(
      int pieces,
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      float[] c,
      int cOffset) {
    if (rows > 0) {
      descending = !descending;
      product(groups(rows, pieces), a, aOffset, rows, init, iOffset, ldi, c, cOffset);
    }
  }

  private Groups groups(int rows, int pieces) {
    @Nullable Groups[] known = groups[Math.min(rows, 3) - 1];
    Groups found = known[pieces];
    if (found == null) {
      int piece = part % pieces;
      int vectors = (n + L - 1) / L;
      int panels = (n + W - 1) / W;
      int first = 2 * (panels * piece / pieces);
      int end = Math.min(vectors, 2 * (panels * (piece + 1) / pieces));
      found = new Groups(rows, first, end);
      known[pieces] = found;
    }
    return found;
  }

  /** The same for some groups of columns. */
  private void product(
      Groups groups,
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      float[] c,
      int cOffset) {
    int depth = rows <= Tiles.rows(Tiles.WIDEST) ? k : DEPTH;
    for (int from = 0; from == 0 || from < k; from += depth) {
      int count = Math.min(depth, k - from);
      boolean fresh = from == 0 && init.length == 0;
      float[] begin = from == 0 ? init : c;
      int beginOffset = from == 0 ? iOffset : cOffset;
      int distance = from == 0 ? ldi : n;
      for (int i = 0; i < groups.count(); i++) {
        int group = descending ? groups.count() - 1 - i : i;
        int vectors = groups.size(group);
        int column = groups.start(group) * L;
        int b0 = weights.start() + column * k + from * W;
        int i0 = beginOffset + column;
        int c0 = cOffset + column;
        if (column + vectors * L <= n) {
          Tiles.down(
              rows,
              vectors,
              0,
              fresh,
              a,
              aOffset + from,
              k,
              weights.values(),
              b0,
              panel,
              count,
              begin,
              i0,
              distance,
              c,
              c0,
              n);
        } else {
          edge(vectors, fresh, a, aOffset + from, rows, b0, count, begin, i0, distance, c, c0);
        }
      }
    }
  }

  /** All rows times the last group, where its last vector is not full: by way of rows that are. */
  private void edge(
      int vectors,
      boolean fresh,
      float[] a,
      int a0,
      int rows,
      int b0,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0) {
    int length = vectors * L;
    int width = length - L + n % L;
    int tile = Tiles.rows(vectors);
    for (int row = 0; row < rows; row += tile) {
      int height = Math.min(tile, rows - row);
      for (int r = 0; r < height && !fresh; r++) {
        System.arraycopy(init, i0 + (row + r) * ldi, edge, r * length, width);
      }
      Tiles.down(
          height,
          vectors,
          0,
          fresh,
          a,
          a0 + row * k,
          k,
          weights.values(),
          b0,
          panel,
          depth,
          edge,
          0,
          length,
          edge,
          0,
          length);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * length, c, c0 + (row + r) * n, width);
      }
    }
  }
}
