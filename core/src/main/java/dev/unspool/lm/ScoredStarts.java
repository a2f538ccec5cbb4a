// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
  private static final Comparator<Outcome> BEST_FIRST =
      Comparator.comparing((Outcome outcome) -> !worked(outcome))
          .thenComparingDouble(Outcome::score);

  private final LevenbergMarquardt first;
  private final LevenbergMarquardt main;
  private final @Nullable ToDoubleFunction<double[]> score;
  private final int patience;
  private final @Nullable Residuals part;

  private ScoredStarts(
      LevenbergMarquardt first,
      LevenbergMarquardt main,
      @Nullable ToDoubleFunction<double[]> score,
      int patience,
      @Nullable Residuals part) {
    this.first = first;
    this.main = main;
    this.score = score;
    this.patience = patience;
    this.part = part;
  }

  /**
   * Scores by the root mean square of the residuals themselves.
   *
   * @param first the short fit that every start gets; not used if there is only one
   * @param main the fit that goes on from the best of them
   */
  public static ScoredStarts of(LevenbergMarquardt first, LevenbergMarquardt main) {
    return new ScoredStarts(first, main, null, 0, null);
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
    return new ScoredStarts(first, main, other, longest, part);
  }

  /**
   * The same, but the short fits are of a part of the problem: of a long sequence, a stretch tells
   * good starts from bad ones as well. One that then diverges on the whole problem makes way for
   * the next best. A part in which there is nothing to fit, or too little, is not used.
   *
   * @param other of as many parameters as the problem
   */
  public ScoredStarts screenedOn(Residuals other) {
    return new ScoredStarts(first, main, score, patience, other);
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
  @SuppressWarnings("ReferenceEquality") // the same problem, not an equal one
  public Outcome fit(Residuals problem, List<double[]> starts, Listener listener) {
    if (starts.isEmpty()) {
      throw new IllegalArgumentException("at least one start is needed, found none");
    }
    if (starts.size() == 1) {
      return new Search(problem, 0, true, listener).run(main, starts.getFirst());
    }
    if (part != null && part.parameters() != problem.parameters()) {
      throw new IllegalArgumentException(
          "the problem has %s parameters, the part that starts are screened on %s"
              .formatted(problem.parameters(), part.parameters()));
    }
    var screen = part != null && isUsable(part) ? part : problem;
    var searches = new ArrayList<Outcome>();
    for (int i = 0; i < starts.size(); i++) {
      var search = new Search(screen, i, false, listener);
      var outcome = search.run(first, starts.get(i));
      searches.add(outcome);
      if (search.cancelled || isHopeless(outcome.fit().reason())) {
        return Collections.min(searches, BEST_FIRST);
      }
    }
    searches.sort(BEST_FIRST);
    Outcome nowhere = null;
    for (var begun : searches) {
      if (!worked(begun)) {
        break;
      }
      var goingOn = new Search(problem, begun.start(), true, listener).run(main, begun.theta());
      // Residuals of a part are no match for those of the whole.
      boolean incomparable = screen != problem && score == null;
      var whole = join(begun, goingOn, incomparable || goingOn.score() <= begun.score());
      if (goingOn.fit().reason() != StopReason.DIVERGED) {
        return whole;
      }
      nowhere = nowhere == null ? whole : nowhere;
    }
    return nowhere == null ? searches.getFirst() : nowhere;
  }

  private static boolean isUsable(Residuals part) {
    return part.objection() == null && part.count() >= part.parameters();
  }

  private static Outcome join(Outcome begun, Outcome goingOn, boolean better) {
    return new Outcome(
        begun.start(),
        better ? goingOn.theta() : begun.theta(),
        better ? goingOn.score() : begun.score(),
        begun.iterations() + goingOn.iterations(),
        goingOn.byScore(),
        goingOn.fit());
  }

  /** Whether every other start would fail for the same reason. */
  private static boolean isHopeless(StopReason reason) {
    return reason == StopReason.NOTHING_TO_FIT || reason == StopReason.UNDERDETERMINED;
  }

  private static boolean worked(Outcome outcome) {
    return outcome.fit().reason().ok() || outcome.fit().iterations() > 0;
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
