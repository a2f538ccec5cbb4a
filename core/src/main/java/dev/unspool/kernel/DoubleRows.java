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

  /** Signals in a panel of {@link #addCorrelations}. */
  int panel();

  /** Sums of a tile of {@link #addCorrelations}. */
  int tile();

  /**
   * {@code c[r][g][j] += Σ_b d[b][g][r] · s_j[lags − 1 + r − b]}: the derivatives with respect to a
   * matrix of weights over some lags.
   *
   * @param c rows × sums × columns, sums rounded up to tiles and columns to panels; what is added
   *     beyond them is 0 where the panels are
   * @param d lags × sums × steps; not modified
   * @param s panels × (rows + lags − 1) × {@link #panel()}, the last panel filled up with zeros;
   *     not modified
   * @param panels number of panels
   */
  void addCorrelations(
      double[] c, int rows, double[][][] d, int sums, int lags, double[] s, int panels);

  /**
   * Loops for one caller, chosen by the same rule as {@link Kernels#get}: vectors where the Vector
   * API is there and the system property {@code unspool.kernels} does not say {@code scalar}.
   */
  static DoubleRows open() {
    return DoubleRowsLookup.choose(System.getProperty("unspool.kernels", ""));
  }
}
