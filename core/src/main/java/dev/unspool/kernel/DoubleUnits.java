// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * The hot loops of Jacobians of networks that are wide enough, in float64: units stand side by
 * side, where those of {@link DoubleRows} run along steps. Not thread-safe: an implementation may
 * have room of its own.
 */
public interface DoubleUnits {
  /** Columns of a panel. */
  int panel();

  /** Columns, or units, filled up to whole panels. */
  default int whole(int columns) {
    return (columns + panel() - 1) / panel() * panel();
  }

  /**
   * {@code into[r][u] = of[r][u] · by[u]}, or adds that.
   *
   * @param into overwritten or added to; not {@code of}
   * @param i0 where it begins
   * @param ldi from one row to the next
   * @param by a number for each unit, from 0 on
   */
  void scale(
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
      int b0);

  /**
   * The same with what a step sees at a lag, the next step of the batch at the next lag, and so on.
   *
   * @param row the first step of the batch, and {@code lag} what it sees
   */
  default void scale(
      boolean add,
      int rows,
      int units,
      LagBlocks into,
      int row,
      int unit,
      int lag,
      double[] of,
      int o0,
      int ldo,
      double[] by) {
    for (int from = 0; from < units; ) {
      int at = unit + from;
      int some = Math.min(units - from, LagBlocks.BLOCK - at % LagBlocks.BLOCK);
      int i0 = into.at(row, at, lag);
      scale(add, rows, some, into.values(), i0, into.step(), of, o0 + from, ldo, by, from);
      from += some;
    }
  }

  /**
   * {@code into[k][j] = Σ_i by[i][k] · w[rows[i] + k][j]} for the columns of a panel.
   *
   * @param into overwritten
   * @param w not modified
   * @param w0 where the panel begins
   * @param by not modified
   * @param rows for each of {@code by}, with which row of the panel it begins
   */
  void fold(int depth, double[] into, int i0, double[] w, int w0, double[][] by, int[] rows);

  /**
   * {@code C = A·B} or {@code C += A·B}.
   *
   * @param fresh whether it is the former
   * @param columns of C, which must have room for whole panels: anything may be left behind the
   *     last one
   * @param a rows × depth, dense, {@code lda} apart
   * @param b panels, each depth × columns of a panel, {@code panel} apart
   */
  void multiply(
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
      int ldc);

  /**
   * Derivatives with respect to a matrix of weights: Σ d·signal over the lags {@code newest} to
   * {@code newest + lags − 1}, and Σ d for its biases, is added.
   *
   * @param d not modified
   * @param row of the batch
   * @param s signals as {@code columns} lays them out, and ones behind them; not modified
   * @param times of a signal
   * @param time of the oldest of these lags
   * @param c added to, where {@code columns} says
   * @param offset added to what {@code columns} says
   */
  void addCorrelations(
      LagBlocks d,
      int row,
      int newest,
      int lags,
      AlignedDoubles s,
      int times,
      int time,
      WeightColumns columns,
      double[] c,
      int offset);

  /** Loops for one caller, chosen as {@link DoubleRows#open} does. */
  static DoubleUnits open() {
    return DoubleRowsLookup.chooseUnits(System.getProperty("unspool.kernels", ""));
  }
}
