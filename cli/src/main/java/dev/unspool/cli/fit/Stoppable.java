// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.Stop;
import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import org.jspecify.annotations.Nullable;

/**
 * A problem that is left in the middle when the run is to end: the derivatives of a long table take
 * longer than a process that is ending is waited for.
 *
 * @param problem that is solved
 * @param stop looked at before every evaluation and at every row of derivatives
 */
record Stoppable(Residuals problem, Stop stop) implements Residuals {
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
    stop.check();
    problem.evaluate(theta, into);
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    problem.linearise(
        theta,
        (index, residual, values, offset) -> {
          stop.check();
          rows.accept(index, residual, values, offset);
        });
  }

  @Override
  public @Nullable String objection() {
    return problem.objection();
  }
}
