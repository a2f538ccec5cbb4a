// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fits from several first points, because the minimum that is found depends on where the search
 * begins: every start gets a short fit, and the best of them goes on. What is best is decided by a
 * score, such as the error on data that the residuals do not contain; then also the point of each
 * fit with the best score is kept, and not the last one.
 *
 * <p>Immutable; may be used for many fits.
 */
public final class ScoredStarts {
  private final LevenbergMarquardt first;
  private final LevenbergMarquardt main;
  private final @Nullable ToDoubleFunction<double[]> score;
  private final int patience;

  private ScoredStarts(
      LevenbergMarquardt first,
      LevenbergMarquardt main,
      @Nullable ToDoubleFunction<double[]> score,
      int patience) {
    this.first = first;
    this.main = main;
    this.score = score;
    this.patience = patience;
  }

  /**
   * Scores by the root mean square of the residuals themselves.
   *
   * @param first the short fit that every start gets; not used if there is only one
   * @param main the fit that goes on from the best of them
   */
  public static ScoredStarts of(LevenbergMarquardt first, LevenbergMarquardt main) {
    return new ScoredStarts(first, main, null, 0);
  }

  /**
   * The same with another score.
   *
   * @param other of a θ, which it must not modify; the smaller the better, not finite counts as
   *     worst
   * @param longest a fit ends after so many iterations without a better score; 0 for never
   */
  public ScoredStarts scoredBy(ToDoubleFunction<double[]> other, int longest) {
    if (longest < 0) {
      throw new IllegalArgumentException("patience must not be negative, found " + longest);
    }
    return new ScoredStarts(first, main, other, longest);
  }

  /** Told of every iteration. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Told of an iteration.
     *
     * @param start number of the start, from 0
     * @param goingOn whether it is the fit that goes on from the best start
     * @param score of where it stands; infinite where it is not finite
     * @return false to end everything
     */
    boolean iterated(int start, boolean goingOn, Iteration iteration, double score);
  }

  /**
   * What several fits came to.
   *
   * @param start number of the start that did best, from 0
   * @param theta the point with the best score
   * @param score the score there
   * @param iterations Jacobians used on the way to it and after it, from that start
   * @param byScore whether the last fit from that start ended because the score got no better
   * @param fit the last fit from that start; its θ has the least residuals, not the best score
   */
  public record Outcome(
      int start, double[] theta, double score, int iterations, boolean byScore, FitResult fit) {}

  /**
   * Fits.
   *
   * @param starts first points, at least one; not modified
   */
  public Outcome fit(Residuals problem, List<double[]> starts, Listener listener) {
    if (starts.isEmpty()) {
      throw new IllegalArgumentException("at least one start is needed, found none");
    }
    if (starts.size() == 1) {
      return new Search(problem, 0, true, listener).run(main, starts.getFirst());
    }
    var searches = new ArrayList<Outcome>();
    for (int i = 0; i < starts.size(); i++) {
      var search = new Search(problem, i, false, listener);
      var outcome = search.run(first, starts.get(i));
      searches.add(outcome);
      if (search.cancelled || isHopeless(outcome.fit().reason())) {
        return best(searches);
      }
    }
    var best = best(searches);
    if (best.fit().iterations() == 0 && !best.fit().reason().ok()) {
      return best;
    }
    var goingOn = new Search(problem, best.start(), true, listener).run(main, best.theta());
    boolean better = goingOn.score() <= best.score();
    return new Outcome(
        best.start(),
        better ? goingOn.theta() : best.theta(),
        better ? goingOn.score() : best.score(),
        best.iterations() + goingOn.iterations(),
        goingOn.byScore(),
        goingOn.fit());
  }

  /** Whether every other start would fail for the same reason. */
  private static boolean isHopeless(StopReason reason) {
    return reason == StopReason.NOTHING_TO_FIT || reason == StopReason.UNDERDETERMINED;
  }

  private static Outcome best(List<Outcome> outcomes) {
    var best = outcomes.getFirst();
    for (var outcome : outcomes) {
      boolean worked = outcome.fit().reason().ok() || outcome.fit().iterations() > 0;
      boolean bestWorked = best.fit().reason().ok() || best.fit().iterations() > 0;
      if (worked != bestWorked ? worked : outcome.score() < best.score()) {
        best = outcome;
      }
    }
    return best;
  }

  private double score(double[] theta, double rmse) {
    double value = score == null ? rmse : score.applyAsDouble(theta);
    return Double.isFinite(value) ? value : Double.POSITIVE_INFINITY;
  }

  /** One fit, of which the point with the best score is kept. */
  private final class Search {
    private final Residuals problem;
    private final int start;
    private final boolean goingOn;
    private final Listener listener;
    private double @Nullable [] theta;
    private double best = Double.POSITIVE_INFINITY;
    private int since;
    private boolean byScore;
    private boolean cancelled;

    Search(Residuals problem, int start, boolean goingOn, Listener listener) {
      this.problem = problem;
      this.start = start;
      this.goingOn = goingOn;
      this.listener = listener;
    }

    Outcome run(LevenbergMarquardt method, double[] from) {
      var fit = method.fit(problem, from, this::iterated);
      // The last step is not announced where it ends the fit.
      offer(fit.theta(), score(fit.theta(), fit.rmse()));
      double[] kept = theta == null ? fit.theta() : theta;
      return new Outcome(start, kept, best, fit.iterations(), byScore, fit);
    }

    private void offer(double[] at, double value) {
      if (theta == null || value < best) {
        theta = at.clone();
        best = value;
        since = 0;
      } else {
        since++;
      }
    }

    private boolean iterated(Iteration iteration) {
      double value = score(iteration.theta(), iteration.rmse());
      offer(iteration.theta(), value);
      if (!listener.iterated(start, goingOn, iteration, value)) {
        cancelled = true;
        return false;
      }
      byScore = patience > 0 && since >= patience;
      return !byScore;
    }
  }
}
