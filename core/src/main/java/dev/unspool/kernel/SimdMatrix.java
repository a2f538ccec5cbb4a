// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.W;

import org.jspecify.annotations.Nullable;

/**
 * Weights in panels of two vectors: the N columns of M in groups of 2·L, each K × 2·L and dense,
 * the last one filled up with zeros. A product walks through a panel from its beginning to its end,
 * which is what caches and prefetchers like best, and packing is paid once for all the steps that
 * run with these weights.
 */
final class SimdMatrix implements PackedMatrix, Crew.Task {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  /** Rows of a tile at most. */
  private static final int TILE = Simd.WIDE ? 6 : 5;

  /** Depth that is done at once, so that a panel's part stays in the first-level cache. */
  private static final int DEPTH = Simd.WIDE ? 128 : 256;

  private static final float[] ZEROS = new float[4 * W];

  private final int outputs;
  private final int inputs;
  private final Direction direction;
  private final int k;
  private final int n;
  private final int panel;
  private final float[] weights;

  /** Rows of the last panel where it is not full; empty where it is. */
  private final float[] edge;

  private final @Nullable Crew crew;

  /**
   * Whether the product goes through its panels from the last to the first. Every other one does:
   * it begins with what the one before has left in the cache, where not all of the matrix fits.
   */
  private boolean descending;

  // The product that the crew is at: fields, since a task that carries them would be allocated.
  private float[] a = ZEROS;
  private int aOffset;
  private int rows;
  private float[] init = ZEROS;
  private int iOffset;
  private int ldi;
  private int step;
  private float[] c = ZEROS;
  private int cOffset;

  /** A matrix whose products a crew shares, if there is one. */
  SimdMatrix(int outputs, int inputs, Direction direction, @Nullable Crew crew) {
    this.crew = crew;
    this.outputs = outputs;
    this.inputs = inputs;
    this.direction = direction;
    this.k = direction == Direction.FORWARD ? inputs : outputs;
    this.n = direction == Direction.FORWARD ? outputs : inputs;
    this.panel = Math.multiplyExact(k, W);
    this.weights = new float[Math.multiplyExact((n + W - 1) / W, panel)];
    this.edge = new float[n % W == 0 ? 0 : TILE * W];
  }

  @Override
  public void pack(float[] theta, int offset) {
    if (direction == Direction.FORWARD) {
      SimdPacking.transpose(theta, offset, outputs, inputs, weights);
    } else {
      SimdPacking.copy(theta, offset, outputs, inputs, weights);
    }
  }

  @Override
  public void unpack(float[] theta, int offset) {
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
      product(a, aOffset, rows, ZEROS, 0, 0, 0, c, cOffset);
    } else {
      product(a, aOffset, rows, bias, 0, 0, 1, c, cOffset);
    }
  }

  @Override
  public void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset) {
    product(a, aOffset, rows, c, cOffset, n, 1, c, cOffset);
  }

  /**
   * {@code C = init + A·M}.
   *
   * @param ldi distance of the rows of init: n, or 0 where all rows begin with the same
   * @param step 1, or 0 where all columns begin with the same panel
   */
  private void product(
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      int step,
      float[] c,
      int cOffset) {
    assert aOffset + rows * k <= a.length && cOffset + rows * n <= c.length;
    descending = !descending;
    int panels = (n + W - 1) / W;
    if (crew == null || (long) rows * k * n < WORTHWHILE) {
      product(0, panels, a, aOffset, rows, init, iOffset, ldi, step, c, cOffset);
      return;
    }
    this.a = a;
    this.aOffset = aOffset;
    this.rows = rows;
    this.init = init;
    this.iOffset = iOffset;
    this.ldi = ldi;
    this.step = step;
    this.c = c;
    this.cOffset = cOffset;
    crew.run(this);
  }

  /** One part of the panels, always the same for the same part: they stay in its caches. */
  @Override
  public void run(int part, int parts) {
    int panels = (n + W - 1) / W;
    int groups = (panels + 3) / 4;
    int from = Math.min(panels, groups * part / parts * 4);
    int to = Math.min(panels, groups * (part + 1) / parts * 4);
    if (from < to) {
      product(from, to, a, aOffset, rows, init, iOffset, ldi, step, c, cOffset);
    }
  }

  /** The same for the panels {@code first} to {@code end}. */
  private void product(
      int first,
      int end,
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      int step,
      float[] c,
      int cOffset) {
    int full = Math.min(end, n / W);
    int group = rows == 1 ? 4 : rows == 2 || Simd.WIDE ? 2 : 1;
    int depth = rows == 1 ? k : DEPTH;
    for (int from = 0; from == 0 || from < k; from += depth) {
      int count = Math.min(depth, k - from);
      float[] begin = from == 0 ? init : c;
      int beginOffset = from == 0 ? iOffset : cOffset;
      int distance = from == 0 ? ldi : n;
      int panelStep = from == 0 ? step * W : W;
      int p = first;
      for (int size = group; size > 0; size /= 2) {
        int groups = Math.max(0, full - p) / size;
        for (int i = 0; i < groups; i++) {
          int q = p + (descending ? groups - 1 - i : i) * size;
          panels(
              size,
              a,
              aOffset + from,
              rows,
              q,
              from,
              count,
              begin,
              beginOffset + q * panelStep,
              distance,
              c,
              cOffset + q * W);
        }
        p += groups * size;
      }
      if (p < end) {
        edge(
            a,
            aOffset + from,
            rows,
            from,
            count,
            begin,
            beginOffset + p * panelStep,
            distance,
            c,
            cOffset + p * W);
      }
    }
  }

  /** All rows times {@code group} neighbouring full panels. */
  private void panels(
      int group,
      float[] a,
      int a0,
      int rows,
      int p,
      int from,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0) {
    int b0 = p * panel + from * W;
    // Even tiles: 12 rows are 4 + 4 + 4 rather than 5 + 5 + 2.
    int tiles = (rows + TILE - 1) / TILE;
    int height = rows / tiles;
    int higher = rows - height * tiles;
    if (higher > 0) {
      tiles(
          group, height + 1, higher, a, a0, k, weights, b0, panel, depth, init, i0, ldi, c, c0, n);
    }
    int row = higher * (height + 1);
    tiles(
        group,
        height,
        tiles - higher,
        a,
        a0 + row * k,
        k,
        weights,
        b0,
        panel,
        depth,
        init,
        i0 + row * ldi,
        ldi,
        c,
        c0 + row * n,
        n);
  }

  private static void tiles(
      int group,
      int height,
      int tiles,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int next,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0,
      int ldc) {
    switch (group) {
      case 1 -> {
        switch (height) {
          case 6 -> SimdTiles.six(tiles, a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
          case 5 -> SimdTiles.five(tiles, a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
          case 4 -> SimdTiles.four(tiles, a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
          case 3 -> SimdTiles.three(tiles, a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
          case 2 -> SimdTiles.two(tiles, a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
          default -> SimdTiles.one(a, a0, lda, b, b0, depth, init, i0, ldi, c, c0, ldc);
        }
      }
      case 2 -> {
        switch (height) {
          case 6 ->
              SimdWideTiles.six(tiles, a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
          case 5 ->
              SimdWideTiles.five(tiles, a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
          case 4 ->
              SimdWideTiles.four(tiles, a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
          case 3 ->
              SimdWideTiles.three(tiles, a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
          case 2 ->
              SimdFlatTiles.two(tiles, a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
          default -> SimdFlatTiles.one(a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
        }
      }
      default -> SimdFlatTiles.oneByFour(a, a0, lda, b, b0, next, depth, init, i0, ldi, c, c0, ldc);
    }
  }

  /** All rows times the last panel, where it is not full: by way of rows that are. */
  private void edge(
      float[] a,
      int a0,
      int rows,
      int from,
      int depth,
      float[] init,
      int i0,
      int ldi,
      float[] c,
      int c0) {
    int width = n % W;
    int b0 = n / W * panel + from * W;
    for (int row = 0; row < rows; row += TILE) {
      int height = Math.min(TILE, rows - row);
      for (int r = 0; r < height; r++) {
        System.arraycopy(init, i0 + (row + r) * ldi, edge, r * W, width);
      }
      tiles(1, height, 1, a, a0 + row * k, k, weights, b0, 0, depth, edge, 0, W, edge, 0, W);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * W, c, c0 + (row + r) * n, width);
      }
    }
  }
}
