// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * Ridge least squares (Hoerl and Kennard 1970) for any ridge at once. Columns are brought to mean 0
 * and deviation 1, so that one ridge suits them all and neither offsets nor units cost digits;
 * {@code w(λ) = V (Λ + λ)⁻¹ Vᵀ c}, with VΛVᵀ the correlations of the columns and c those with the
 * target.
 */
final class RidgePath {
  private final int columns;
  private final double[] mean;
  private final double[] deviation;
  private final double targetMean;
  private final double[] values;
  private final double[][] vectors;
  private final double[] along;

  /** A row of numbers that are read, and the one that is to be predicted. */
  interface Source {
    /**
     * Reads a row.
     *
     * @param row from 0
     * @param regressors overwritten
     * @return the target
     */
    double read(int row, double[] regressors);
  }

  /** Takes rows in, twice: for their means, and for products of what is left without them. */
  RidgePath(int rows, int columns, Source source) {
    this.columns = columns;
    this.mean = new double[columns];
    this.deviation = new double[columns];
    double[] x = new double[columns];
    double[] first = new double[columns];
    double firstTarget = source.read(0, first);
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += source.read(row, x) - firstTarget;
      for (int i = 0; i < columns; i++) {
        mean[i] += x[i] - first[i];
      }
    }
    for (int i = 0; i < columns; i++) {
      mean[i] = first[i] + mean[i] / rows;
    }
    this.targetMean = firstTarget + sum / rows;
    var products = new DMatrixRMaj(columns, columns);
    double[] moments = new double[columns];
    for (int row = 0; row < rows; row++) {
      double y = source.read(row, x) - targetMean;
      for (int i = 0; i < columns; i++) {
        x[i] -= mean[i];
      }
      for (int i = 0; i < columns; i++) {
        moments[i] += x[i] * y;
        for (int j = 0; j <= i; j++) {
          products.data[i * columns + j] += x[i] * x[j];
        }
      }
    }
    for (int i = 0; i < columns; i++) {
      double moved = Math.sqrt(products.get(i, i) / rows);
      // A constant is no regressor; the intercept says as much.
      deviation[i] = moved > 1e-12 * Math.abs(mean[i]) ? moved : Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < columns; i++) {
      moments[i] /= rows * deviation[i];
      for (int j = 0; j <= i; j++) {
        double correlation = products.get(i, j) / rows / deviation[i] / deviation[j];
        products.set(i, j, correlation);
        products.set(j, i, correlation);
      }
    }
    var eigen = DecompositionFactory_DDRM.eig(columns, true, true);
    if (!eigen.decompose(products)) {
      throw new IllegalArgumentException("the regressors hold numbers that are not finite");
    }
    this.values = new double[columns];
    this.vectors = new double[columns][];
    this.along = new double[columns];
    for (int k = 0; k < columns; k++) {
      values[k] = Math.max(0, eigen.getEigenvalue(k).getReal());
      vectors[k] = eigen.getEigenVector(k).getData().clone();
      for (int i = 0; i < columns; i++) {
        along[k] += vectors[k][i] * moments[i];
      }
    }
  }

  /**
   * The weights of the columns as they are, without scales.
   *
   * @param ridge relative to a column's variance, above 0
   */
  double[] weights(double ridge) {
    double[] weights = new double[columns];
    for (int k = 0; k < columns; k++) {
      double share = along[k] / (values[k] + ridge);
      for (int i = 0; i < columns; i++) {
        weights[i] += share * vectors[k][i];
      }
    }
    for (int i = 0; i < columns; i++) {
      weights[i] /= deviation[i];
    }
    return weights;
  }

  /** Where weights meet the columns: their means. */
  double[] mean() {
    return mean;
  }

  /** What is said at the means. */
  double targetMean() {
    return targetMean;
  }
}
