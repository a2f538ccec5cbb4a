// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * The R of J = QR, with Qᵀr beside it, folded together block by block so that J is never held. The
 * step solves the stacked system {@code min ‖R x + z‖² + ‖√damping x‖²} by QR again, and never
 * squares the condition of J.
 */
final class TriangularFactor implements LinearModel {
  private final int parameters;
  private final int width;
  private final DMatrixRMaj stack;
  private final double[] gradient;
  private final double[] diagonal;
  private DMatrixRMaj triangle;
  private int used;

  TriangularFactor(int parameters) {
    this.parameters = parameters;
    this.width = parameters + 1; // the residual is one more column
    this.stack = new DMatrixRMaj(2 * width, width);
    this.triangle = new DMatrixRMaj(width, width);
    this.gradient = new double[parameters];
    this.diagonal = new double[parameters];
  }

  @Override
  public void linearise(Residuals problem, double[] theta) {
    Arrays.fill(stack.data, 0);
    Arrays.fill(gradient, 0);
    Arrays.fill(diagonal, 0);
    used = width;
    problem.linearise(theta, (_, residual, values, offset) -> add(residual, values, offset));
    fold();
  }

  private void add(double residual, double[] values, int offset) {
    System.arraycopy(values, offset, stack.data, used * width, parameters);
    stack.data[used * width + parameters] = residual;
    for (int p = 0; p < parameters; p++) {
      double value = values[offset + p];
      gradient[p] += value * residual;
      diagonal[p] += value * value;
    }
    used++;
    if (used == 2 * width) {
      fold();
    }
  }

  private void fold() {
    triangle = factor(stack);
    Arrays.fill(stack.data, 0);
    System.arraycopy(triangle.data, 0, stack.data, 0, width * width);
    used = width;
  }

  private static DMatrixRMaj factor(DMatrixRMaj matrix) {
    var qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
    qr.decompose(matrix.copy()); // false only says that a column is 0, and R is good all the same
    return qr.getR(null, true);
  }

  /** R, θ × θ within its upper left corner. */
  DMatrixRMaj triangle() {
    return triangle;
  }

  @Override
  public double[] gradient() {
    return gradient;
  }

  @Override
  public double[] diagonal() {
    return diagonal;
  }

  @SuppressWarnings("ReferenceEquality") // whether it is our gradient, whatever its values
  @Override
  public boolean solve(double[] damping, double[] g, double[] x) {
    boolean step = g == gradient;
    var damped = new DMatrixRMaj(width + parameters, width);
    System.arraycopy(triangle.data, 0, damped.data, 0, width * width);
    for (int p = 0; p < parameters; p++) {
      damped.set(width + p, p, Math.sqrt(damping[p]));
    }
    var r = factor(damped);
    double largest = 0;
    for (int p = 0; p < parameters; p++) {
      largest = Math.max(largest, Math.abs(r.get(p, p)));
    }
    for (int p = 0; p < parameters; p++) {
      if (!(Math.abs(r.get(p, p)) > 1e-15 * largest)) {
        return false;
      }
    }
    // For the step, Qᵀr stands in the last column; any other g goes through Rᵀ first.
    for (int p = 0; p < parameters; p++) {
      double sum = step ? -r.get(p, parameters) : -g[p];
      for (int q = 0; !step && q < p; q++) {
        sum -= r.get(q, p) * x[q];
      }
      x[p] = step ? sum : sum / r.get(p, p);
    }
    for (int p = parameters - 1; p >= 0; p--) {
      double sum = x[p];
      for (int q = p + 1; q < parameters; q++) {
        sum -= r.get(p, q) * x[q];
      }
      x[p] = sum / r.get(p, p);
    }
    return true;
  }
}
