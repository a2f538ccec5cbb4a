// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** LSMR for {@code min ‖[J S; I] y − b‖} with a diagonal S. */
final class Lsmr {
  private static final double TOLERANCE = 1e-10;

  private final int columns;
  private final int rows;

  /** {@code into += M of}. */
  interface Product {
    void add(double[] of, double[] into);
  }

  Lsmr(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
  }

  /**
   * Iterates until the normal equations' residual has fallen by {@value #TOLERANCE}, or 4 · columns
   * times.
   *
   * @param u upper part of b; overwritten
   * @param w lower part of b; overwritten
   * @param scale the diagonal of S
   */
  double[] solve(double[] u, double[] w, double[] scale, Product j, Product transposed) {
    double[] x = new double[columns];
    double beta = normalise(u, w);
    double[] v = new double[columns];
    double alpha = advanceRight(u, w, v, 0, scale, transposed);
    double[] h = v.clone();
    double[] hBar = new double[columns];
    double zetaBar = alpha * beta;
    double first = Math.abs(zetaBar);
    double alphaBar = alpha;
    double rho = 1;
    double rhoBar = 1;
    double cBar = 1;
    double sBar = 0;
    for (int k = 0; k < 4 * columns && Math.abs(zetaBar) > TOLERANCE * first; k++) {
      beta = advanceLeft(u, w, v, alpha, scale, j);
      if (beta > 0) {
        alpha = advanceRight(u, w, v, beta, scale, transposed);
      }
      double rhoOld = rho;
      rho = Math.hypot(alphaBar, beta);
      double c = alphaBar / rho;
      double s = beta / rho;
      double theta = s * alpha;
      alphaBar = c * alpha;
      double rhoBarOld = rhoBar;
      double thetaBar = sBar * rho;
      rhoBar = Math.hypot(cBar * rho, theta);
      cBar = cBar * rho / rhoBar;
      sBar = theta / rhoBar;
      double zeta = cBar * zetaBar;
      zetaBar = -sBar * zetaBar;
      for (int p = 0; p < columns; p++) {
        hBar[p] = h[p] - thetaBar * rho / (rhoOld * rhoBarOld) * hBar[p];
        x[p] += zeta / (rho * rhoBar) * hBar[p];
        h[p] = v[p] - theta / rho * h[p];
      }
      if (beta == 0 || alpha == 0) {
        break;
      }
    }
    return x;
  }

  /** u ← A v − α u, normalised. */
  private double advanceLeft(
      double[] u, double[] w, double[] v, double alpha, double[] scale, Product j) {
    double[] scaled = new double[columns];
    for (int p = 0; p < columns; p++) {
      scaled[p] = scale[p] * v[p];
      w[p] = v[p] - alpha * w[p];
    }
    for (int i = 0; i < rows; i++) {
      u[i] *= -alpha;
    }
    j.add(scaled, u);
    return normalise(u, w);
  }

  /** v ← Aᵀu − β v, normalised. */
  private double advanceRight(
      double[] u, double[] w, double[] v, double beta, double[] scale, Product transposed) {
    double[] sum = new double[columns];
    transposed.add(u, sum);
    for (int p = 0; p < columns; p++) {
      v[p] = scale[p] * sum[p] + w[p] - beta * v[p];
    }
    return normalise(v, new double[0]);
  }

  private static double normalise(double[] a, double[] b) {
    double sum = 0;
    for (double value : a) {
      sum += value * value;
    }
    for (double value : b) {
      sum += value * value;
    }
    double norm = Math.sqrt(sum);
    if (norm > 0) {
      for (int i = 0; i < a.length; i++) {
        a[i] /= norm;
      }
      for (int i = 0; i < b.length; i++) {
        b[i] /= norm;
      }
    }
    return norm;
  }
}
