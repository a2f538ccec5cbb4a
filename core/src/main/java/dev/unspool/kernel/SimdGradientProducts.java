// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shares {@link SimdTransposedProduct} out to a crew, by rows of D. */
final class SimdGradientProducts implements Crew.Task {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  private static final float[] NONE = {};

  private final @Nullable Crew crew;
  private final SimdTransposedProduct[] products;

  /** What a single product is made of, and the same as a list. */
  private final RightSide single = new RightSide(0);

  private final List<RightSide> alone = List.of(single);

  // The product that the crew is at: fields, since a task that carries them would be allocated.
  private float[] a = NONE;
  private int aOffset;
  private int m;
  private int rows;
  private List<RightSide> rights = alone;
  private float[] sums = NONE;
  private int sumsOffset;

  SimdGradientProducts(@Nullable Crew crew) {
    this.crew = crew;
    this.products = new SimdTransposedProduct[crew == null ? 1 : crew.size()];
    Arrays.setAll(products, _ -> new SimdTransposedProduct());
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
    multiply(a, aOffset, m, rows, alone, NONE, -1);
  }

  void multiply(
      float[] a,
      int aOffset,
      int m,
      int rows,
      List<RightSide> rights,
      float[] sums,
      int sumsOffset) {
    long columns = 0;
    for (int i = 0; i < rights.size(); i++) {
      columns += rights.get(i).n;
    }
    if (crew == null || rows * m * columns < WORTHWHILE) {
      products[0].multiply(0, m, a, aOffset, m, rows, rights, sums, sumsOffset);
      return;
    }
    this.a = a;
    this.aOffset = aOffset;
    this.m = m;
    this.rows = rows;
    this.rights = rights;
    this.sums = sums;
    this.sumsOffset = sumsOffset;
    crew.run(this);
  }

  @Override
  public void run(int part, int parts) {
    int group = SimdTransposedProduct.G;
    int groups = (m + group - 1) / group;
    int from = groups * part / parts * group;
    int to = Math.min(m, groups * (part + 1) / parts * group);
    products[part].multiply(from, to, a, aOffset, m, rows, rights, sums, sumsOffset);
  }
}
