// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Plain loops. */
final class ScalarDoubleUnits implements DoubleUnits {
  @Override
  public int panel() {
    return 1;
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
    for (int r = 0; r < rows; r++) {
      for (int u = 0; u < units; u++) {
        int i = i0 + r * ldi + u;
        double product = of[o0 + r * ldo + u] * by[b0 + u];
        into[i] = add ? into[i] + product : product;
      }
    }
  }

  @Override
  public void fold(
      int depth, double[] into, int i0, double[] w, int w0, double[][] by, int[] rows) {
    for (int k = 0; k < depth; k++) {
      double sum = 0;
      for (int i = 0; i < rows.length; i++) {
        sum += by[i][k] * w[w0 + rows[i] + k];
      }
      into[i0 + k] = sum;
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
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        double sum = fresh ? 0 : c[c0 + r * ldc + j];
        for (int k = 0; k < depth; k++) {
          sum += a[a0 + r * lda + k] * b[b0 + j * panel + k];
        }
        c[c0 + r * ldc + j] = sum;
      }
    }
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
    int oldest = newest + lags - 1;
    double[] signals = s.values();
    double[] held = d.values();
    for (int u = 0; u < d.units(); u++) {
      int from = d.at(row, u, oldest);
      for (int j = 0; j < columns.count(); j++) {
        int at = s.start() + columns.signal(j, times) + time;
        double sum = 0;
        for (int k = 0; k < lags; k++) {
          sum += held[from + k * LagBlocks.BLOCK] * signals[at + k];
        }
        c[offset + columns.offset(j) + u * columns.stride(j)] += sum;
      }
      double sum = 0;
      for (int k = 0; k < lags; k++) {
        sum += held[from + k * LagBlocks.BLOCK];
      }
      for (int bias : columns.biases()) {
        c[offset + bias + u] += sum;
      }
    }
  }
}
