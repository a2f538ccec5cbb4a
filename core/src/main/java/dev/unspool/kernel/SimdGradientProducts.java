// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code D = Aᵀ·B} for one or several B, shared out to a crew: first everybody packs some panels of
 * all B, then computes some rows of all D, or some columns of them where rows are too few for all
 * threads. Holds the room for that, and no array of a caller between two calls: it is kept for
 * whoever comes next, and must not keep an engine alive that has ended.
 */
final class SimdGradientProducts {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  private static final float[] NONE = {};

  private final @Nullable Crew crew;
  private final SimdTransposedProduct[] products;
  private final SimdNarrowGradient[] narrows;
  private final AlignedFloats right = new AlignedFloats(0);
  private final Crew.Task packTask = this::pack;
  private final Crew.Task multiplyTask = this::multiply;
  private final Crew.Task narrowTask = this::multiplyNarrow;

  /** What a single product is made of, and the same as a list. */
  private final RightSide single = new RightSide(0);

  private final List<RightSide> alone = List.of(single);

  // The product that the crew is at: fields, since a task that carries them would be allocated.
  private float[] a = NONE;
  private int aOffset;
  private int m;
  private List<RightSide> rights = alone;
  private float[] sums = NONE;
  private int sumsOffset;

  /** Panels of all right sides. */
  private int panels;

  /** The rows of A and B that it is at. */
  private int row;

  private int depth;

  SimdGradientProducts(@Nullable Crew crew) {
    this.crew = crew;
    this.products = new SimdTransposedProduct[crew == null ? 1 : crew.size()];
    this.narrows = new SimdNarrowGradient[products.length];
    Arrays.setAll(products, _ -> new SimdTransposedProduct());
    Arrays.setAll(narrows, _ -> new SimdNarrowGradient());
  }

  void multiply(
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset) {
    single.n = n;
    single.set(b, bOffset, d, dOffset);
    try {
      multiply(a, aOffset, m, rows, alone, NONE, -1);
    } finally {
      single.set(NONE, 0, NONE, 0);
    }
  }

  void multiply(
      float[] a,
      int aOffset,
      int m,
      int rows,
      List<RightSide> rights,
      float[] sums,
      int sumsOffset) {
    this.a = a;
    this.aOffset = aOffset;
    this.m = m;
    this.rights = rights;
    this.sums = sums;
    this.sumsOffset = sumsOffset;
    try {
      multiplyAll(rows);
    } finally {
      this.a = NONE;
      this.rights = alone;
      this.sums = NONE;
    }
  }

  private void multiplyAll(int rows) {
    panels = 0;
    int columns = 0;
    int narrow = 0;
    for (int r = 0; r < rights.size(); r++) {
      RightSide side = rights.get(r);
      panels += SimdTransposedProduct.panels(side);
      columns += side.n;
      narrow += SimdTransposedProduct.isNarrow(side) ? side.n : 0;
    }
    if (narrow > 0) {
      row = 0;
      depth = rows;
      run(narrowTask, (long) rows * m * narrow);
    }
    if (panels == 0 && sumsOffset < 0) {
      return;
    }
    int most = SimdTransposedProduct.most(panels);
    int passes = Math.max(1, (rows + most - 1) / most);
    for (int pass = 0; pass < passes; pass++) {
      // Even passes: a short one reads and writes as much of D as a long one.
      row = (int) ((long) rows * pass / passes);
      depth = (int) ((long) rows * (pass + 1) / passes) - row;
      right.makeRoom(panels * W * depth);
      right.renew();
      long work = (long) depth * m * columns;
      if (panels > 0) {
        run(packTask, work);
      }
      run(multiplyTask, work);
    }
  }

  private void run(Crew.Task task, long work) {
    if (crew == null || work < WORTHWHILE) {
      task.run(0, 1);
    } else {
      crew.run(task);
    }
  }

  /** Packs some panels of the right sides. */
  private void pack(int part, int parts) {
    int first = panels * part / parts;
    int end = panels * (part + 1) / parts;
    int before = 0;
    for (int r = 0; r < rights.size(); r++) {
      RightSide side = rights.get(r);
      int count = SimdTransposedProduct.panels(side);
      int from = SimdTransposedProduct.within(first, before, count) * W;
      int to = Math.min(side.n, SimdTransposedProduct.within(end, before, count) * W);
      int b0 = side.bOffset + row * side.n;
      int start = right.start() + before * W * depth;
      SimdPacking.copy(from, to, side.b, b0, depth, side.n, right.values(), start);
      before += count;
    }
  }

  /** Some rows of all D, in the columns of some panels. */
  private void multiply(int part, int parts) {
    int vectors = (m + L - 1) / L;
    // A vector of rows is packed for each piece of the columns, in half the time of a panel.
    int down = Sharing.pieces(vectors, panels, parts, 1);
    int across = parts / down;
    int share = part % down;
    int from = vectors * share / down * L;
    int to = Math.min(m, vectors * (share + 1) / down * L);
    int piece = part / down;
    int first = panels * piece / across;
    int end = panels * (piece + 1) / across;
    int sumsHere = piece == 0 ? sumsOffset : -1;
    int a0 = aOffset + row * m;
    boolean fresh = row == 0;
    products[part].multiply(
        fresh, from, to, first, end, a, a0, m, depth, rights, right, sums, sumsHere);
  }

  /** Some rows of those D that have few columns. */
  private void multiplyNarrow(int part, int parts) {
    int vectors = (m + L - 1) / L;
    int from = vectors * part / parts * L;
    int to = Math.min(m, vectors * (part + 1) / parts * L);
    for (int r = 0; r < rights.size(); r++) {
      RightSide side = rights.get(r);
      if (SimdTransposedProduct.isNarrow(side)) {
        narrows[part].multiply(
            from, to, a, aOffset, m, side.b, side.bOffset, side.n, depth, side.d, side.dOffset);
      }
    }
  }
}
