// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * The hot loops of batched Jacobians, in float64: rows are signals over consecutive steps, which
 * all loops run along.
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
   * {@code c[offset + j·stride][r] += Σ_b d[b][g][r] · s[first + j][shift − b + r]}: the
   * derivatives with respect to the weights of one sum over some lags.
   *
   * @param columns number of weights
   * @param d lags × sums × steps; not modified
   * @param lags number of lags b
   * @param s signals; not modified
   */
  void addCorrelations(
      double[][] c,
      int offset,
      int stride,
      int columns,
      double[][][] d,
      int g,
      int lags,
      double[][] s,
      int first,
      int shift,
      int count);

  /**
   * The implementation chosen for this process, by the same rule as {@link Kernels#get}: vectors
   * where the Vector API is there and the system property {@code unspool.kernels} does not say
   * {@code scalar}.
   */
  static DoubleRows get() {
    return DoubleRowsLookup.CHOSEN;
  }
}
