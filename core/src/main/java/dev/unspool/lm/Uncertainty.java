// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.jspecify.annotations.Nullable;

/**
 * How sure a fit is of its parameters and predictions, from the Jacobian at its end: the covariance
 * of θ is σ²(JᵀJ)⁻¹ with σ² = ‖r‖² / (residuals − rank of J). That holds as far as the model is
 * linear over the spread of θ and the residuals are independent and of equal variance; residuals of
 * a dynamic model that is too small are neither.
 *
 * <p>Where J has not full rank, the pseudo-inverse takes the place of the inverse: directions of θ
 * that change nothing say nothing. A parameter that such a direction moves has an infinite standard
 * error; a prediction that it does not move is as sure as ever. So it is with the two vectors of
 * biases of an RNN or LSTM, of which the data see only the sum.
 */
public final class Uncertainty {
  /** Singular values, relative to the largest, below which there is only rounding. */
  private static final double NOTHING = 1e-11;

  /**
   * Squared part of a vector of length 1 that counts as lying outside the determined directions.
   */
  private static final double OUTSIDE = 1e-10;

  private final double sigma;
  private final int freedom;

  /** 1 / norm of each column of J, 0 where it is 0. */
  private final double[] unit;

  /** Right singular vectors of the scaled J, largest first, θ × θ. */
  private final DMatrixRMaj directions;

  /** Singular values of the determined directions. */
  private final double[] values;

  private final int parameters;

  private Uncertainty(
      double sigma, int freedom, double[] unit, DMatrixRMaj directions, double[] values) {
    this.sigma = sigma;
    this.freedom = freedom;
    this.unit = unit;
    this.directions = directions;
    this.values = values;
    this.parameters = unit.length;
  }

  /**
   * Looks at the Jacobian once more.
   *
   * @return null if there are not more residuals than directions that they determine, or none of
   *     these
   */
  public static @Nullable Uncertainty of(Residuals problem, double[] theta) {
    int n = problem.parameters();
    var factor = new TriangularFactor(n);
    factor.linearise(problem, theta);
    double[] unit = new double[n];
    Arrays.setAll(unit, p -> factor.diagonal()[p] > 0 ? 1 / Math.sqrt(factor.diagonal()[p]) : 0);
    var scaled = new DMatrixRMaj(n, n);
    for (int a = 0; a < n; a++) {
      for (int b = a; b < n; b++) {
        scaled.set(a, b, factor.triangle().get(a, b) * unit[b]);
      }
    }
    var svd = DecompositionFactory_DDRM.svd(n, n, false, true, true);
    if (!svd.decompose(scaled)) {
      return null;
    }
    double[] found = svd.getSingularValues();
    DMatrixRMaj transposed = svd.getV(null, true);
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(found[j], found[i]));
    var directions = new DMatrixRMaj(n, n);
    double[] values = new double[n];
    int rank = 0;
    for (int i = 0; i < n; i++) {
      values[i] = found[order[i]];
      rank += values[i] > NOTHING * values[0] ? 1 : 0;
      for (int p = 0; p < n; p++) {
        directions.set(i, p, transposed.get(order[i], p));
      }
    }
    int freedom = problem.count() - rank;
    if (rank == 0 || freedom < 1) {
      return null;
    }
    double[] residuals = new double[problem.count()];
    problem.evaluate(theta, residuals);
    double squares = Arrays.stream(residuals).map(value -> value * value).sum();
    double sigma = Math.sqrt(squares / freedom);
    return new Uncertainty(sigma, freedom, unit, directions, Arrays.copyOf(values, rank));
  }

  /** σ: the standard deviation of a residual of weight 1. */
  public double sigma() {
    return sigma;
  }

  /** Residuals minus {@link #rank}. */
  public int degreesOfFreedom() {
    return freedom;
  }

  /** Number of directions of θ that the data determine; all parameters are, if it is θ's length. */
  public int rank() {
    return values.length;
  }

  /** Standard error of every parameter, infinite where the data do not determine it. */
  public double[] standardErrors() {
    double[] errors = new double[parameters];
    double[] single = new double[parameters];
    for (int p = 0; p < parameters; p++) {
      single[p] = 1;
      errors[p] = sigma * Math.sqrt(variance(single, 0));
      single[p] = 0;
    }
    return errors;
  }

  /** gᵀ(JᵀJ)⁺g, infinite if g has a part that J does not see. */
  private double variance(double[] g, int offset) {
    double sum = 0;
    double inside = 0;
    double whole = 0;
    for (int p = 0; p < parameters; p++) {
      double scaled = g[offset + p] * unit[p];
      if (unit[p] == 0 && g[offset + p] != 0) {
        return Double.POSITIVE_INFINITY;
      }
      whole += scaled * scaled;
    }
    for (int i = 0; i < values.length; i++) {
      double product = 0;
      for (int p = 0; p < parameters; p++) {
        product += directions.get(i, p) * g[offset + p] * unit[p];
      }
      inside += product * product;
      sum += product * product / (values[i] * values[i]);
    }
    boolean outside = whole - inside > OUTSIDE * whole;
    return outside ? Double.POSITIVE_INFINITY : sum;
  }

  /**
   * Half the width of the interval in which a new measurement is expected; infinite if it depends
   * on what the data do not determine.
   *
   * @param derivative dy/dθ of the predicted output
   * @param offset of its first value
   * @param level e.g. 0.95
   */
  public double predictionHalfWidth(double[] derivative, int offset, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("a level lies between 0 and 1, found " + level);
    }
    double spread = Math.sqrt(1 + variance(derivative, offset));
    return StudentT.quantile(0.5 + level / 2, freedom) * sigma * spread;
  }
}
