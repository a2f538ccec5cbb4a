// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * The hot loops of batched Jacobians, in float64: rows are signals over consecutive steps, which
 * all loops run along. Not thread-safe: an implementation may have room of its own.
 */
public interface DoubleRows {
  /**
   * {@code c[j][r] += Σ_g weights[j][g] · d[g][r]}.
   *
   * @param c rows from {@code first} on, as many as there are rows of weights
   * @param weights rows × sums; not modified
   * @param d sums × steps; not modified
   * @param from first step
   * @param to step after the last
   */
  void addProduct(double[][] c, int first, double[][] weights, double[][] d, int from, int to);

  /**
   * {@code c[(offset + g·rowStride + j·columnStride)·rows + r] += Σ_b d[b][g][r] · s[first +
   * j][shift − b + r]}: the derivatives with respect to a matrix of weights over some lags.
   *
   * @param c weights × rows
   * @param rows distance of the weights in c, at least {@code count}
   * @param sums rows of the matrix
   * @param columns of the matrix
   * @param d lags × sums × steps; not modified
   * @param lags number of lags b
   * @param s signals; not modified
   */
  void addCorrelations(
      double[] c,
      int rows,
      int offset,
      int rowStride,
      int columnStride,
      int sums,
      int columns,
      double[][][] d,
      int lags,
      double[][] s,
      int first,
      int shift,
      int count);

  /**
   * Loops for one caller, chosen by the same rule as {@link Kernels#get}: vectors where the Vector
   * API is there and the system property {@code unspool.kernels} does not say {@code scalar}.
   */
  static DoubleRows open() {
    return DoubleRowsLookup.choose(System.getProperty("unspool.kernels", ""));
  }
}
