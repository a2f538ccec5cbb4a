// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Shares {@link SimdTransposedProduct} out to a crew, by rows of D. */
final class SimdGradientProducts implements Crew.Task {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  private static final float[] NONE = {};

  private final @Nullable Crew crew;
  private final SimdTransposedProduct[] products;

  // The product that the crew is at: fields, since a task that carries them would be allocated.
  private float[] a = NONE;
  private int aOffset;
  private int m;
  private float[] b = NONE;
  private int bOffset;
  private int n;
  private int rows;
  private float[] d = NONE;
  private int dOffset;

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
    if (crew == null || (long) rows * m * n < WORTHWHILE) {
      products[0].multiply(0, m, a, aOffset, m, b, bOffset, n, rows, d, dOffset);
      return;
    }
    this.a = a;
    this.aOffset = aOffset;
    this.m = m;
    this.b = b;
    this.bOffset = bOffset;
    this.n = n;
    this.rows = rows;
    this.d = d;
    this.dOffset = dOffset;
    crew.run(this);
  }

  @Override
  public void run(int part, int parts) {
    int group = SimdTransposedProduct.G;
    int groups = (m + group - 1) / group;
    int from = groups * part / parts * group;
    int to = Math.min(m, groups * (part + 1) / parts * group);
    products[part].multiply(from, to, a, aOffset, m, b, bOffset, n, rows, d, dOffset);
  }
}
