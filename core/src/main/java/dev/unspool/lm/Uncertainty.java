// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * How sure a fit is of its parameters and predictions, from the Jacobian at its end: the covariance
 * of θ is σ²(JᵀJ)⁻¹ with σ² = ‖r‖² / (residuals − parameters). That holds as far as the model is
 * linear over the spread of θ and the residuals are independent and of equal variance; residuals of
 * a dynamic model that is too small are neither.
 */
public final class Uncertainty {
  private final double sigma;
  private final int freedom;

  /** R⁻¹, upper triangle, row-major. */
  private final double[] inverse;

  private final int parameters;

  private Uncertainty(double sigma, int freedom, double[] inverse, int parameters) {
    this.sigma = sigma;
    this.freedom = freedom;
    this.inverse = inverse;
    this.parameters = parameters;
  }

  /**
   * Looks at the Jacobian once more.
   *
   * @return null if it is rank-deficient or there are not more residuals than parameters: single
   *     parameters are then not determined by the data
   */
  public static @Nullable Uncertainty of(Residuals problem, double[] theta) {
    int n = problem.parameters();
    int freedom = problem.count() - n;
    if (freedom < 1) {
      return null;
    }
    var factor = new TriangularFactor(n);
    factor.linearise(problem, theta);
    double[] residuals = new double[problem.count()];
    problem.evaluate(theta, residuals);
    double squares = Arrays.stream(residuals).map(value -> value * value).sum();
    double[] inverse = invert(factor.triangle(), n, factor.diagonal());
    return inverse.length == 0
        ? null
        : new Uncertainty(Math.sqrt(squares / freedom), freedom, inverse, n);
  }

  private static double[] invert(DMatrixRMaj r, int n, double[] diagonal) {
    double[] inverse = new double[n * n];
    for (int a = n - 1; a >= 0; a--) {
      double pivot = r.get(a, a);
      if (!(Math.abs(pivot) > 1e-12 * Math.sqrt(diagonal[a]))) {
        return new double[0];
      }
      inverse[a * n + a] = 1 / pivot;
      for (int b = a + 1; b < n; b++) {
        double sum = 0;
        for (int k = a + 1; k <= b; k++) {
          sum += r.get(a, k) * inverse[k * n + b];
        }
        inverse[a * n + b] = -sum / pivot;
      }
    }
    return inverse;
  }

  /** σ: the standard deviation of a residual of weight 1. */
  public double sigma() {
    return sigma;
  }

  /** Residuals minus parameters. */
  public int degreesOfFreedom() {
    return freedom;
  }

  /** Standard error of every parameter. */
  public double[] standardErrors() {
    double[] errors = new double[parameters];
    for (int a = 0; a < parameters; a++) {
      double sum = 0;
      for (int b = a; b < parameters; b++) {
        sum += inverse[a * parameters + b] * inverse[a * parameters + b];
      }
      errors[a] = sigma * Math.sqrt(sum);
    }
    return errors;
  }

  /**
   * Half the width of the interval in which a new measurement is expected.
   *
   * @param derivative dy/dθ of the predicted output
   * @param offset of its first value
   * @param level e.g. 0.95
   */
  public double predictionHalfWidth(double[] derivative, int offset, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("a level lies between 0 and 1, found " + level);
    }
    double sum = 1;
    for (int b = 0; b < parameters; b++) {
      double product = 0;
      for (int a = 0; a <= b; a++) {
        product += derivative[offset + a] * inverse[a * parameters + b];
      }
      sum += product * product;
    }
    return StudentT.quantile(0.5 + level / 2, freedom) * sigma * Math.sqrt(sum);
  }
}
