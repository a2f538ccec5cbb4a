// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.Stop;
import dev.unspool.lm.MultiStart;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.StopReason;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The search for the weights of a model, whatever it is.
 *
 * @param training how it goes about
 * @param problem that they solve
 * @param validation error of weights on the validation part, if there is one
 * @param advice on how it ended
 * @param stop ends it in its middle
 */
record FitSearch(
    FittingConfig training,
    Residuals problem,
    @Nullable ToDoubleFunction<double[]> validation,
    Advice advice,
    Stop stop) {

  /**
   * How a search has ended.
   *
   * @param iterations of the start that did best
   * @param best the iteration whose weights were kept
   * @param reason why it ended
   * @param advice what that means
   */
  record Ending(int iterations, int best, String reason, String advice) {}

  /**
   * Goes on from where {@code progress} stands, as the only start, or else tries starts.
   *
   * @param stretch of the problem, on which starts are screened; null for all of it
   * @param starts first points
   */
  MultiStart.Outcome run(
      FitProgress progress, @Nullable Residuals stretch, Supplier<List<double[]>> starts)
      throws RunException {
    MultiStart search =
        MultiStart.bestGoesOn(
            training.method(training.search().startIterations()),
            training.method(training.limit().iterations()));
    if (validation != null) {
      search = search.scoredBy(validation, training.limit().patience());
    }
    MultiStart.Outcome from = progress.best();
    var whole = new Stoppable(problem, stop);
    try {
      if (from != null) {
        return progress.joined(search.fit(whole, List.of(from.theta()), progress));
      }
      if (stretch != null) {
        search = search.screenedOn(new Stoppable(stretch, stop));
      }
      return search.fit(whole, starts.get(), progress);
    } catch (Stop.Asked _) {
      MultiStart.Outcome best = progress.best();
      if (best == null) {
        throw new RunException(
            "stopped before the first iteration was over: there is no model yet");
      }
      return best;
    }
  }

  /**
   * The same for a fit that begins, of which nothing is left behind if it leads to no model.
   *
   * @param kept what the search keeps
   * @param of what is fitted to
   */
  MultiStart.Outcome begin(
      FitProgress progress,
      BestSoFar kept,
      @Nullable Residuals stretch,
      Supplier<List<double[]>> starts,
      String of)
      throws IOException {
    try {
      MultiStart.Outcome outcome = run(progress, stretch, starts);
      requireModel(outcome, of);
      return outcome;
    } catch (RunException e) {
      kept.discard();
      throw e;
    }
  }

  /** What the search compares: the error on the validation part, or else on what is fitted. */
  double score(double[] theta) {
    if (validation != null) {
      return validation.applyAsDouble(theta);
    }
    double[] residuals = new double[problem.count()];
    problem.evaluate(theta, residuals);
    double squares = 0;
    for (double residual : residuals) {
      squares += residual * residual / residuals.length;
    }
    return Math.sqrt(squares);
  }

  /** Refuses an outcome that is no model. */
  private void requireModel(MultiStart.Outcome outcome, String of) throws RunException {
    var fit = outcome.fit();
    boolean began = outcome.iterations() > 1 || fit.reason() == StopReason.DAMPING;
    if (!fit.reason().ok() && (!began || fit.reason() == StopReason.DIVERGED)) {
      throw new RunException("%s: %s".formatted(of, advice.of(fit)));
    }
  }

  /** Why it ended. */
  Ending ending(MultiStart.Outcome outcome, FitProgress progress) {
    String reason = outcome.fit().reason().label();
    String said = advice.of(outcome.fit());
    int best = progress.bestIteration(outcome);
    if (outcome.byScore() || progress.patienceIsOver()) {
      reason = Advice.VALIDATION;
      said =
          "%s without a better simulation of the validation part; what did best there, at iteration %s, was kept"
              .formatted(Numbers.count(training.limit().patience(), "iteration"), best);
    } else if (stop.asked()) {
      reason = StopReason.CANCELLED.label(); // also where the start that did best had ended
      said = advice.of(StopReason.CANCELLED);
    } else if (progress.timeIsOver()) {
      reason = StopReason.TIME.label();
      said = advice.of(StopReason.TIME);
    } else if (outcome.fit().reason() == StopReason.ITERATIONS && validation != null) {
      said = Advice.ofLimit(best, outcome.iterations());
    }
    return new Ending(outcome.iterations(), best, reason, said);
  }
}
