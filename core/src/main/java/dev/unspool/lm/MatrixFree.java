// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;

/**
 * Products with J and Jᵀ only. LSMR (Fong and Saunders, "LSMR: An iterative algorithm for sparse
 * least-squares problems", 2011, section 2.8) on J·D⁻¹ stacked on the identity, where D² is the
 * damping: scaling by D makes it a well-conditioned problem whenever λ is not tiny.
 */
final class MatrixFree implements LinearModel {
  private static final long KEPT = 1L << 26; // doubles: 512 MiB

  private final int parameters;
  private final int count;
  private final double[][] kept;
  private final double[] residuals;
  private final double[] gradient;
  private final double[] diagonal;
  private final double[] theta;
  private Residuals problem;

  MatrixFree(Residuals problem) {
    this.problem = problem;
    this.parameters = problem.parameters();
    this.count = problem.count();
    this.kept =
        (long) parameters * count <= KEPT ? new double[count][parameters] : new double[0][0];
    this.residuals = new double[count];
    this.gradient = new double[parameters];
    this.diagonal = new double[parameters];
    this.theta = new double[parameters];
  }

  @Override
  public void linearise(Residuals of, double[] at) {
    problem = of;
    System.arraycopy(at, 0, theta, 0, parameters);
    Arrays.fill(gradient, 0);
    Arrays.fill(diagonal, 0);
    problem.linearise(
        at,
        (i, residual, values, offset) -> {
          residuals[i] = residual;
          for (int p = 0; p < parameters; p++) {
            double value = values[offset + p];
            gradient[p] += value * residual;
            diagonal[p] += value * value;
          }
          if (kept.length > 0) {
            System.arraycopy(values, offset, kept[i], 0, parameters);
          }
        });
  }

  private void rows(ResidualRows rows) {
    if (kept.length == 0) {
      problem.linearise(theta, rows);
      return;
    }
    for (int i = 0; i < count; i++) {
      rows.accept(i, residuals[i], kept[i], 0);
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
    double[] inverse = new double[parameters];
    for (int p = 0; p < parameters; p++) {
      inverse[p] = damping[p] > 0 ? 1 / Math.sqrt(damping[p]) : 1;
    }
    // min ‖A y − b‖ with A = [J D⁻¹; I] and Aᵀb = −D⁻¹g. Any b of that kind does; b = [0; −D⁻¹g].
    var u = new double[count];
    var lower = new double[parameters];
    for (int p = 0; p < parameters; p++) {
      lower[p] = -g[p] * inverse[p];
    }
    var y = new Lsmr(parameters, count).solve(u, lower, inverse, this::multiply, this::transposed);
    for (int p = 0; p < parameters; p++) {
      x[p] = y[p] * inverse[p];
    }
    return true;
  }

  /** {@code u += J x}. */
  private void multiply(double[] x, double[] u) {
    rows(
        (i, _, values, offset) -> {
          double sum = 0;
          for (int p = 0; p < parameters; p++) {
            sum += values[offset + p] * x[p];
          }
          u[i] += sum;
        });
  }

  /** {@code x += Jᵀ u}. */
  private void transposed(double[] u, double[] x) {
    rows(
        (i, _, values, offset) -> {
          double factor = u[i];
          for (int p = 0; p < parameters; p++) {
            x[p] += factor * values[offset + p];
          }
        });
  }
}
