// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A problem of which only the last parameters, the initial outputs, are still free. */
final class InitialEstimate implements Residuals {
  private final Residuals whole;
  private final double[] theta;
  private final int fixed;

  /**
   * A problem.
   *
   * @param whole in weights and initial outputs
   * @param weights not modified
   */
  InitialEstimate(Residuals whole, double[] weights) {
    this.whole = whole;
    this.fixed = weights.length;
    this.theta = Arrays.copyOf(weights, whole.parameters());
  }

  @Override
  public int parameters() {
    return theta.length - fixed;
  }

  @Override
  public int count() {
    return whole.count();
  }

  @Override
  public void evaluate(double[] initial, double[] into) {
    whole.evaluate(with(initial), into);
  }

  @Override
  public void linearise(double[] initial, ResidualRows rows) {
    whole.linearise(
        with(initial),
        (index, residual, values, offset) -> rows.accept(index, residual, values, offset + fixed));
  }

  @Override
  public @Nullable String objection() {
    return whole.objection();
  }

  /** Weights followed by initial outputs; overwritten by the next call. */
  double[] with(double[] initial) {
    System.arraycopy(initial, 0, theta, fixed, initial.length);
    return theta;
  }
}
