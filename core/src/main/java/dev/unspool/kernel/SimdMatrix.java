// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import org.jspecify.annotations.Nullable;

/**
 * Weights in panels of two vectors: the N columns of M in groups of 2·L, each K × 2·L and dense,
 * the last one filled up with zeros. A product walks through a panel from its beginning to its end,
 * which is what caches and prefetchers like best, and packing is paid once for all the steps that
 * run with these weights.
 *
 * <p>Which {@link Tiles} a product is cut into depends on the machine and on the number of rows;
 * its results do not.
 */
final class SimdMatrix implements PackedMatrix, Crew.Task {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  /** Depth that is done at once: a group's part of its panels takes half a second-level cache. */
  private static final int DEPTH =
      Math.max(128, Caches.SECOND_LEVEL / 2 / (Tiles.WIDEST * L * Float.BYTES));

  /** Where the sums begin with zeros. */
  private static final float[] NONE = {};

  private final int outputs;
  private final int inputs;
  private final Direction direction;
  private final int k;
  private final int n;
  private final int panel;
  private final float[] weights;

  /** Rows of the last group where its last vector is not full; empty where it is. */
  private final float[] edge;

  /** For one row, two and more, the groups of each part, and at last those of all of them. */
  private final @Nullable Groups[][] groups;

  private final SimdPacking packing;
  private final @Nullable Crew crew;

  /** The weights where they are not packed yet. */
  private final UnpackedWeights unpacked;

  /**
   * Whether the product goes through its panels from the last to the first. Every other one does:
   * it begins with what the one before has left in the cache, where not all of the matrix fits.
   */
  private boolean descending;

  // The product that the crew is at: fields, since a task that carries them would be allocated.
  private float[] a = NONE;
  private int aOffset;
  private int rows;
  private float[] init = NONE;
  private int iOffset;
  private int ldi;
  private float[] c = NONE;
  private int cOffset;

  /** A matrix whose products a crew shares, if there is one. */
  SimdMatrix(
      int outputs, int inputs, Direction direction, SimdPacking packing, @Nullable Crew crew) {
    this.packing = packing;
    this.crew = crew;
    this.unpacked = new UnpackedWeights(outputs, inputs);
    this.outputs = outputs;
    this.inputs = inputs;
    this.direction = direction;
    this.k = direction == Direction.FORWARD ? inputs : outputs;
    this.n = direction == Direction.FORWARD ? outputs : inputs;
    this.panel = Math.multiplyExact(k, W);
    this.weights = new float[Math.multiplyExact((n + W - 1) / W, panel)];
    this.edge = new float[n % L == 0 ? 0 : Tiles.HIGHEST * Tiles.WIDEST * L];
    this.groups = new Groups[3][(crew == null ? 0 : crew.size()) + 1];
  }

  @Override
  public void follow(float[] theta, int offset) {
    if (direction == Direction.FORWARD && packing.isCompiled()) {
      unpacked.begin(theta, offset);
    } else {
      pack(theta, offset);
    }
  }

  /** Packs what is followed, if anything is. */
  private void packFollowed() {
    float[] theta = unpacked.theta();
    if (theta != null) {
      pack(theta, unpacked.offset());
    }
  }

  @Override
  public void pack(float[] theta, int offset) {
    unpacked.end();
    if (direction == Direction.FORWARD) {
      packing.transpose(theta, offset, outputs, inputs, weights);
    } else {
      SimdPacking.copy(theta, offset, outputs, inputs, weights, 0);
    }
  }

  @Override
  public void unpack(float[] theta, int offset) {
    packFollowed();
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        int row = direction == Direction.FORWARD ? i : o;
        int column = direction == Direction.FORWARD ? o : i;
        theta[offset + o * inputs + i] = weights[column / W * panel + row * W + column % W];
      }
    }
  }

  @Override
  public void multiply(
      float[] a, int aOffset, int rows, float @Nullable [] bias, float[] c, int cOffset) {
    if (bias == null) {
      product(a, aOffset, rows, NONE, 0, 0, c, cOffset);
    } else {
      product(a, aOffset, rows, bias, 0, 0, c, cOffset);
    }
  }

  @Override
  public void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset) {
    product(a, aOffset, rows, c, cOffset, n, c, cOffset);
  }

  /**
   * {@code C = init + A·M}.
   *
   * @param init empty for zeros
   * @param ldi distance of the rows of init: n, or 0 where all rows begin with the same
   */
  private void product(
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      float[] c,
      int cOffset) {
    assert aOffset + rows * k <= a.length && cOffset + rows * n <= c.length;
    if (rows == 0) {
      return;
    }
    if (!unpacked.serve(rows)) {
      packFollowed();
    }
    descending = !descending;
    if (crew == null || (long) rows * k * n < WORTHWHILE) {
      if (unpacked.theta() != null) {
        unpacked.multiply(0, outputs, a, aOffset, init, iOffset, c, cOffset);
        return;
      }
      int all = groups[0].length - 1;
      product(groups(rows, all), a, aOffset, rows, init, iOffset, ldi, c, cOffset);
      return;
    }
    this.a = a;
    this.aOffset = aOffset;
    this.rows = rows;
    this.init = init;
    this.iOffset = iOffset;
    this.ldi = ldi;
    this.c = c;
    this.cOffset = cOffset;
    crew.run(this);
  }

  /** One part of the panels, always the same for the same part: they stay in its caches. */
  @Override
  public void run(int part, int parts) {
    if (unpacked.theta() != null) {
      int blocks = (outputs + L - 1) / L;
      int from = blocks * part / parts * L;
      int to = Math.min(outputs, blocks * (part + 1) / parts * L);
      unpacked.multiply(from, to, a, aOffset, init, iOffset, c, cOffset);
      return;
    }
    product(groups(rows, part), a, aOffset, rows, init, iOffset, ldi, c, cOffset);
  }

  private Groups groups(int rows, int part) {
    @Nullable Groups[] parts = groups[Math.min(rows, 3) - 1];
    Groups found = parts[part];
    if (found == null) {
      int vectors = (n + L - 1) / L;
      int panels = (n + W - 1) / W;
      int count = parts.length - 1;
      boolean all = part == count;
      int first = all ? 0 : 2 * (panels * part / count);
      int end = all ? vectors : Math.min(vectors, 2 * (panels * (part + 1) / count));
      found = new Groups(rows, first, end);
      parts[part] = found;
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
        int b0 = column * k + from * W;
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
              weights,
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
          weights,
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
