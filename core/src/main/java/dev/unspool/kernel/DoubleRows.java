// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * The hot loops of batched Jacobians, in float64. All of them run along consecutive steps, so that
 * small networks are as fast per multiplication as large ones. Not thread-safe: an implementation
 * may have room of its own.
 */
public interface DoubleRows {
  /** Rows of a tile. */
  int TILE = 5;

  /** Steps that stand side by side in a {@link StepMatrix}. */
  int group();

  /** Columns of a panel of signals; see {@link #addCorrelations}. */
  int panel();

  /** A matrix of zeros. */
  default StepMatrix matrix(int rows, int steps) {
    return StepMatrix.allocate(rows, steps, group());
  }

  /** A matrix of zeros for each lag. */
  default LagMatrices matrices(int lags, int rows, int steps) {
    return new LagMatrices(lags, rows, steps, group());
  }

  /**
   * {@code c[first + j][r] = d[row + j][r] · s[j][at + r]}.
   *
   * @param c overwritten from step {@code from} to the one before {@code to}; may be {@code d}
   * @param d not modified
   * @param s for each row that is read a signal over a longer time; not modified
   */
  void multiply(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to);

  /** {@code c[first + j][r] += d[row + j][r] · s[j][at + r]}; see {@link #multiply}. */
  void addMultiple(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to);

  /**
   * {@code c[first + j][r] += Σ_g w[j][g] · d[row + g][r]}.
   *
   * @param c must have room for whole tiles: zeros are added to the {@link #TILE} − 1 rows behind
   *     the last one, and anything to columns behind the last step
   * @param weights as {@link #pack} lays them out, {@code rows} × {@code sums}; not modified
   * @param d not modified
   */
  void addProduct(
      StepMatrix c,
      int first,
      double[] weights,
      int rows,
      int sums,
      StepMatrix d,
      int row,
      int steps);

  /**
   * Derivatives with respect to a matrix of weights over some lags: {@code Σ_b d[lag + b][g][row +
   * r] · s_j[lags − 1 + r − b]} is added, for each step r, sum g and column j, and {@code Σ_b d[lag
   * + b][g][row + r]} for its biases.
   *
   * @param c for each step an array, in which {@code columns} says where they go
   * @param offset added to what {@code columns} says
   * @param row first step in {@code d}
   * @param rows number of steps
   * @param d not modified
   * @param s signals over rows + lags − 1 times, as {@code columns} lays them out; not modified
   */
  void addCorrelations(
      double[][] c,
      int offset,
      int row,
      int rows,
      LagMatrices d,
      int sums,
      int lag,
      int lags,
      AlignedDoubles s,
      WeightColumns columns);

  /**
   * {@code into[p] = begin[p] + Σ_i factors[i] · rows[i][p]} for the first {@code length} numbers.
   *
   * @param into overwritten; none of the others
   * @param rows of which the first {@code count} are added; not modified
   */
  void combine(
      double[] into, double[] begin, int length, double[] factors, double[][] rows, int count);

  /**
   * A matrix of weights in tiles of {@link #TILE} rows, each of them sum by sum; the last one is
   * filled up with zeros.
   *
   * @param weights rows × sums, not modified
   * @param into overwritten: rows rounded up to tiles × sums
   */
  static void pack(double[][] weights, double[] into) {
    for (int j = 0; j < weights.length; j++) {
      int sums = weights[j].length;
      int at = j / TILE * TILE * sums + j % TILE;
      for (int g = 0; g < sums; g++) {
        into[at + g * TILE] = weights[j][g];
      }
    }
  }

  /** Length of what {@link #pack} writes. */
  static int packed(int rows, int sums) {
    return (rows + TILE - 1) / TILE * TILE * sums;
  }

  /**
   * Loops for one caller, chosen by the same rule as {@link Kernels#get}: vectors where the Vector
   * API is there and the system property {@code unspool.kernels} does not say {@code scalar}.
   */
  static DoubleRows open() {
    return DoubleRowsLookup.choose(System.getProperty("unspool.kernels", ""));
  }
}
