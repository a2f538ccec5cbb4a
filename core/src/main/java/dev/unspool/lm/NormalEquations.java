// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/**
 * JᵀJ and Jᵀr, added up row by row in float64 and solved by Cholesky after scaling to a unit
 * diagonal.
 */
final class NormalEquations implements LinearModel {
  private static final int BLOCK = 32;

  /** Squared pivots below this share of the largest leave too few digits to trust. */
  private static final double TRUSTED = 1e-13;

  private final int parameters;

  /** Upper triangle of JᵀJ, row by row. */
  private final double[][] product;

  private final double[] gradient;
  private final double[] diagonal;
  private final double[][] rows;
  private final double[] residuals = new double[BLOCK];
  private final DMatrixRMaj scaled;
  private final double[] scale;
  private final CholeskyDecomposition_F64<DMatrixRMaj> cholesky;
  private double[] lower = {};
  private int waiting;

  NormalEquations(int parameters) {
    this.parameters = parameters;
    product = new double[parameters][parameters];
    gradient = new double[parameters];
    diagonal = new double[parameters];
    rows = new double[BLOCK][parameters];
    scaled = new DMatrixRMaj(parameters, parameters);
    scale = new double[parameters];
    cholesky = DecompositionFactory_DDRM.chol(parameters, true);
  }

  @Override
  public void linearise(Residuals problem, double[] theta) {
    for (double[] row : product) {
      Arrays.fill(row, 0);
    }
    Arrays.fill(gradient, 0);
    waiting = 0;
    problem.linearise(theta, (_, residual, values, offset) -> add(residual, values, offset));
    flush();
    for (int p = 0; p < parameters; p++) {
      diagonal[p] = product[p][p];
    }
  }

  private void add(double residual, double[] values, int offset) {
    System.arraycopy(values, offset, rows[waiting], 0, parameters);
    residuals[waiting++] = residual;
    if (waiting == BLOCK) {
      flush();
    }
  }

  private void flush() {
    for (int k = waiting; k < (waiting + 3) / 4 * 4; k++) {
      Arrays.fill(rows[k], 0);
      residuals[k] = 0;
    }
    for (int a = 0; a < parameters; a++) {
      for (int k = 0; k < waiting; k += 4) {
        double[] r0 = rows[k];
        double[] r1 = rows[k + 1];
        double[] r2 = rows[k + 2];
        double[] r3 = rows[k + 3];
        addFour(product[a], r0[a], r0, r1[a], r1, r2[a], r2, r3[a], r3, a, parameters);
        gradient[a] +=
            r0[a] * residuals[k]
                + r1[a] * residuals[k + 1]
                + (r2[a] * residuals[k + 2] + r3[a] * residuals[k + 3]);
      }
    }
    waiting = 0;
  }

  private static void addFour(
      double[] c,
      double w0,
      double[] r0,
      double w1,
      double[] r1,
      double w2,
      double[] r2,
      double w3,
      double[] r3,
      int from,
      int to) {
    for (int b = from; b < to; b++) {
      c[b] += w0 * r0[b] + w1 * r1[b] + (w2 * r2[b] + w3 * r3[b]);
    }
  }

  @Override
  public double[] gradient() {
    return gradient;
  }

  @Override
  public double[] diagonal() {
    return diagonal;
  }

  @Override
  public boolean solve(double[] damping, double[] g, double[] x) {
    if (!factorise(damping)) {
      return false;
    }
    for (int p = 0; p < parameters; p++) {
      x[p] = -g[p] * scale[p];
    }
    substitute(x);
    return true;
  }

  /** Factorises the scaled and damped matrix; false if it has too small a pivot. */
  private boolean factorise(double[] damping) {
    for (int p = 0; p < parameters; p++) {
      double d = product[p][p] + damping[p];
      scale[p] = d > 0 ? 1 / Math.sqrt(d) : 1;
    }
    for (int a = 0; a < parameters; a++) {
      for (int b = a; b < parameters; b++) {
        double value =
            a == b
                ? (product[a][a] + damping[a]) * scale[a] * scale[a]
                : product[a][b] * scale[a] * scale[b];
        scaled.data[a * parameters + b] = value;
        scaled.data[b * parameters + a] = value;
      }
    }
    if (!cholesky.decompose(scaled)) {
      return false;
    }
    var triangle = cholesky.getT(null);
    double least = Double.POSITIVE_INFINITY;
    for (int p = 0; p < parameters; p++) {
      double pivot = triangle.data[p * parameters + p];
      least = Math.min(least, pivot * pivot);
    }
    lower = triangle.data;
    return least > TRUSTED;
  }

  private void substitute(double[] x) {
    for (int a = 0; a < parameters; a++) {
      double sum = x[a];
      for (int b = 0; b < a; b++) {
        sum -= lower[a * parameters + b] * x[b];
      }
      x[a] = sum / lower[a * parameters + a];
    }
    for (int a = parameters - 1; a >= 0; a--) {
      double value = x[a] / lower[a * parameters + a];
      x[a] = value;
      for (int b = 0; b < a; b++) {
        x[b] -= lower[a * parameters + b] * value;
      }
    }
    for (int a = 0; a < parameters; a++) {
      x[a] *= scale[a];
    }
  }
}
