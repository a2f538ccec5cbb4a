// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors along units, products in the tiles of {@link DoubleTiles}. Has room for one caller. */
final class SimdDoubleUnits implements DoubleUnits {
  private static final VectorSpecies<Double> WIDE =
      VectorSpecies.of(double.class, Simd.F.vectorShape());

  private static final int L = DoubleTiles.L;
  private static final int PANEL = DoubleTiles.PANEL;
  private static final int BLOCK = LagBlocks.BLOCK;

  /** For each panel of a dense matrix where it begins. */
  private int[] dense = {};

  private int[] strides = {};

  /** Sums of signals that fill no panel, each over a block. */
  private double[] apart = {};

  private int[] blocks = {};

  private int[] blockStrides = {};

  @Override
  public int panel() {
    return PANEL;
  }

  @Override
  public void scale(
      boolean add,
      int rows,
      int units,
      double[] into,
      int i0,
      int ldi,
      double[] of,
      int o0,
      int ldo,
      double[] by,
      int b0) {
    int whole = units / L * L;
    for (int r = 0; r < rows; r++) {
      int to = i0 + r * ldi;
      int from = o0 + r * ldo;
      for (int u = 0; u < whole; u += L) {
        var product = DoubleVector.fromArray(WIDE, by, b0 + u);
        var factor = DoubleVector.fromArray(WIDE, of, from + u);
        if (add) {
          product = product.fma(factor, DoubleVector.fromArray(WIDE, into, to + u));
        } else {
          product = product.mul(factor);
        }
        product.intoArray(into, to + u);
      }
      for (int u = whole; u < units; u++) {
        double product = of[from + u] * by[b0 + u];
        into[to + u] = add ? into[to + u] + product : product;
      }
    }
  }

  @Override
  public void fold(
      int depth, double[] into, int i0, double[] w, int w0, double[][] by, int[] rows) {
    for (int k = 0; k < depth; k++) {
      var low = DoubleVector.zero(WIDE);
      var high = low;
      for (int i = 0; i < rows.length; i++) {
        int at = w0 + (rows[i] + k) * PANEL;
        var factor = DoubleVector.broadcast(WIDE, by[i][k]);
        low = factor.fma(DoubleVector.fromArray(WIDE, w, at), low);
        high = factor.fma(DoubleVector.fromArray(WIDE, w, at + L), high);
      }
      low.intoArray(into, i0 + k * PANEL);
      high.intoArray(into, i0 + k * PANEL + L);
    }
  }

  @Override
  public void multiply(
      boolean fresh,
      int rows,
      int columns,
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int panel,
      int depth,
      double[] c,
      int c0,
      int ldc) {
    int vectors = (columns + L - 1) / L;
    if (rows <= 0) {
      return;
    }
    if (2 * dense.length < vectors) {
      dense = new int[(vectors + 1) / 2];
      Arrays.setAll(dense, p -> p * PANEL);
      strides = new int[dense.length];
    }
    Arrays.fill(strides, ldc);
    var kind = fresh ? DoubleTiles.Kind.FRESH : DoubleTiles.Kind.ADDED;
    DoubleTiles.multiply(
        kind, rows, vectors, a, a0, lda, b, b0, panel, depth, c, c0, 0, dense, strides);
  }

  @Override
  public void addCorrelations(
      LagBlocks d,
      int row,
      int newest,
      int lags,
      AlignedDoubles s,
      int times,
      int time,
      WeightColumns columns,
      double[] c,
      int offset) {
    int alone = columns.count() - columns.panels() * PANEL;
    int sums = alone + (columns.biases().length > 0 ? 1 : 0);
    if (apart.length < sums * BLOCK) {
      apart = new double[sums * BLOCK];
      blocks = new int[(BLOCK / L + 1) / 2];
      Arrays.setAll(blocks, p -> p * PANEL);
      blockStrides = new int[blocks.length];
      Arrays.fill(blockStrides, BLOCK);
    }
    int single = columns.panels() * PANEL;
    for (int u = 0; u < d.units(); u += BLOCK) {
      int height = Math.min(BLOCK, d.units() - u);
      int from = d.at(row, u, newest + lags - 1);
      DoubleTiles.multiply(
          DoubleTiles.Kind.PACKED,
          height,
          2 * columns.panels(),
          d.values(),
          from,
          0,
          s.values(),
          s.start() + columns.signal(0, times) + time * columns.step(0),
          times * PANEL,
          lags,
          c,
          offset,
          u,
          columns.places(),
          columns.strides());
      if (sums == 0) {
        continue;
      }
      int at = s.start() + columns.ones(times) - alone * times + time;
      DoubleTiles.along(
          sums, s.values(), at, times, d.values(), from, lags, apart, 0, blocks, blockStrides);
      for (int j = 0; j < alone; j++) {
        int to = offset + columns.offset(single + j) + u * columns.stride(single + j);
        add(c, to, columns.stride(single + j), j, height);
      }
      for (int bias : columns.biases()) {
        add(c, offset + bias + u, 1, alone, height);
      }
    }
  }

  private void add(double[] c, int to, int stride, int sum, int height) {
    for (int i = 0; i < height; i++) {
      c[to + i * stride] += apart[sum * BLOCK + i];
    }
  }
}
