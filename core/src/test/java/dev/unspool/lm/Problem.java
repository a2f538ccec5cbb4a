// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/** Residuals with a Jacobian by central differences. */
record Problem(int parameters, int count, Function function) implements Residuals {
  interface Function {
    void residuals(double[] theta, double[] into);
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    function.residuals(theta, into);
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    double[][] columns = new double[parameters][count];
    double[] other = new double[count];
    double[] moved = theta.clone();
    for (int p = 0; p < parameters; p++) {
      double h = 1e-6 * Math.max(1, Math.abs(theta[p]));
      moved[p] = theta[p] + h;
      evaluate(moved, columns[p]);
      moved[p] = theta[p] - h;
      evaluate(moved, other);
      moved[p] = theta[p];
      for (int i = 0; i < count; i++) {
        columns[p][i] = (columns[p][i] - other[i]) / (2 * h);
      }
    }
    evaluate(theta, other);
    double[] row = new double[parameters];
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < parameters; p++) {
        row[p] = columns[p][i];
      }
      rows.accept(i, other[i], row, 0);
    }
  }
}
