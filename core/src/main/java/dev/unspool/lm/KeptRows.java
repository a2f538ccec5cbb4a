// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/**
 * Hands the rows of a Jacobian on and, where they are few, keeps them: geodesic acceleration and
 * the more precise solver look at the same rows again.
 */
final class KeptRows implements Residuals {
  private static final long FEW = 1L << 22; // doubles: 32 MiB

  private final Residuals problem;
  private final double[] rows;
  private final double[] residuals;
  private boolean valid;

  KeptRows(Residuals problem) {
    this.problem = problem;
    long size = (long) problem.count() * problem.parameters();
    boolean few = size <= FEW;
    this.rows = new double[few ? (int) size : 0];
    this.residuals = new double[few ? problem.count() : 0];
  }

  /** Whose rows they are. */
  Residuals problem() {
    return problem;
  }

  /** Says that θ has changed since the last {@link #linearise}. */
  void moved() {
    valid = false;
  }

  @Override
  public int parameters() {
    return problem.parameters();
  }

  @Override
  public int count() {
    return problem.count();
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    problem.evaluate(theta, into);
  }

  @Override
  public void linearise(double[] theta, ResidualRows into) {
    int width = parameters();
    if (valid) {
      for (int i = 0; i < residuals.length; i++) {
        into.accept(i, residuals[i], rows, i * width);
      }
    } else if (residuals.length == 0) {
      problem.linearise(theta, into);
    } else {
      problem.linearise(
          theta,
          (i, residual, values, offset) -> {
            residuals[i] = residual;
            System.arraycopy(values, offset, rows, i * width, width);
            into.accept(i, residual, values, offset);
          });
      valid = true;
    }
  }
}
