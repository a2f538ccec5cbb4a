// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One fit from several first points, because the minimum that is found depends on where the search
 * begins. Either {@linkplain #halving all share one number of iterations}, or {@linkplain
 * #bestGoesOn each gets a short fit} and the best of them goes on. What is best is decided by the
 * residuals, or by a {@linkplain #scoredBy score} such as the error on data that the residuals do
 * not contain; then also the point of each fit with the best score is kept, and not the last one.
 *
 * <p>Immutable; may be used for many fits.
 */
public final class MultiStart {
  private static final Comparator<Outcome> BEST_FIRST =
      Comparator.comparing((Outcome outcome) -> !outcome.worked())
          .thenComparingDouble(Outcome::score);

  private final LevenbergMarquardt first;
  private final LevenbergMarquardt main;
  private final int fits;
  private final @Nullable ToDoubleFunction<double[]> score;
  private final int patience;
  private final @Nullable Residuals part;

  private MultiStart(
      LevenbergMarquardt first,
      LevenbergMarquardt main,
      int fits,
      @Nullable ToDoubleFunction<double[]> score,
      int patience,
      @Nullable Residuals part) {
    this.first = first;
    this.main = main;
    this.fits = fits;
    this.score = score;
    this.patience = patience;
    this.part = part;
  }

  /**
   * Of all starts, those with the least cost are fitted: that takes one evaluation of the residuals
   * for each and no Jacobian. Then successive halving (Jamieson and Talwalkar, "Non-stochastic best
   * arm identification and hyperparameter optimization", 2016): in each round the fits left over
   * get the same number of iterations, and the worse half is given up; every round gets the same
   * share of the whole. What a fit that has converged does not need goes to the later rounds.
   *
   * @param method whose stop rules hold for all fits together: their iterations and their time
   * @param fits the most starts that are fitted, 4 to 8 for a few hundred iterations
   */
  public static MultiStart halving(LevenbergMarquardt method, int fits) {
    if (fits < 1) {
      throw new IllegalArgumentException("at least one start must be fitted, found " + fits);
    }
    return new MultiStart(method, method, fits, null, 0, null);
  }

  /**
   * Every start gets a short fit, and the best of them a long one.
   *
   * @param first the short fit; not used if there is only one start
   * @param main the fit that goes on from the best point of all short ones
   */
  public static MultiStart bestGoesOn(LevenbergMarquardt first, LevenbergMarquardt main) {
    return new MultiStart(first, main, 0, null, 0, null);
  }

  /**
   * The same with another score than the root mean square of the residuals. Fits are judged by what
   * their iterations come to: a start itself is kept only where its fit does not leave it, however
   * good its score, and patience begins with the first iteration. Who goes on from a point that may
   * be the best already compares its score with that of the outcome.
   *
   * @param other of a θ, which it must not modify; the smaller the better, not finite counts as
   *     worst
   * @param longest a fit ends after so many iterations without a better score; 0 for never
   */
  public MultiStart scoredBy(ToDoubleFunction<double[]> other, int longest) {
    if (longest < 0) {
      throw new IllegalArgumentException("patience must not be negative, found " + longest);
    }
    return new MultiStart(first, main, fits, other, longest, part);
  }

  /**
   * The same, but starts are chosen by a part of the problem: of a long sequence, a stretch tells
   * good starts from bad ones as well. Where the best then diverges on the whole problem, it makes
   * way for the next best. A part in which there is nothing to fit, or too little, is not used.
   *
   * @param other of as many parameters as the problem
   */
  public MultiStart screenedOn(Residuals other) {
    return new MultiStart(first, main, fits, score, patience, other);
  }

  /** Told of every iteration. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Told of an iteration.
     *
     * @param start number of the start, from 0
     * @param goingOn whether it is the only fit that is left
     * @param iteration numbered from 1 in each fit
     * @param score of where it stands; infinite where it is not finite
     * @return false to end everything
     */
    boolean iterated(int start, boolean goingOn, Iteration iteration, double score);
  }

  /**
   * What several fits came to.
   *
   * @param start number of the start that did best, from 0
   * @param theta the point with the best score of those that iterations have come to
   * @param score the score there
   * @param iterations Jacobians used: from that start, or where all share them, by all
   * @param byScore whether the last fit from that start ended because the score got no better
   * @param fit the last fit from that start, whose θ has the least residuals and not the best
   *     score; where all share iterations, it counts those and the evaluations of all
   */
  public record Outcome(
      int start, double[] theta, double score, int iterations, boolean byScore, FitResult fit) {

    private boolean worked() {
      return fit.reason().ok() || fit.iterations() > 0;
    }
  }

  /**
   * Fits.
   *
   * @param starts first points, at least one; not modified
   */
  public Outcome fit(Residuals problem, List<double[]> starts) {
    return fit(problem, starts, (_, _, _, _) -> true);
  }

  /**
   * Fits.
   *
   * @param starts first points, at least one; not modified
   * @param listener told of every iteration
   */
  public Outcome fit(Residuals problem, List<double[]> starts, Listener listener) {
    if (starts.isEmpty()) {
      throw new IllegalArgumentException("a fit needs at least one start, found none");
    }
    if (part != null && part.parameters() != problem.parameters()) {
      throw new IllegalArgumentException(
          "the problem has %s parameters, the part that starts are screened on %s"
              .formatted(problem.parameters(), part.parameters()));
    }
    boolean usable = part != null && part.objection() == null && part.count() >= part.parameters();
    Residuals screen = usable && part != null && starts.size() > 1 ? part : problem;
    return fits > 0
        ? halve(problem, screen, starts, listener)
        : goOnFromBest(problem, screen, starts, listener);
  }

  private Outcome halve(
      Residuals problem, Residuals screen, List<double[]> starts, Listener listener) {
    var rows = new KeptRows(problem);
    long began = System.nanoTime();
    var all = new ArrayList<Search>();
    for (int start : fewer(screen, starts)) {
      all.add(new Search(main.descent(rows, starts.get(start), began), start, listener));
    }
    int screened = starts.size() > fits ? starts.size() : 0;
    int left = main.stop().iterations();
    int rounds = 33 - Integer.numberOfLeadingZeros(all.size() - 1);
    var alive = new ArrayList<>(all);
    for (int round = rounds; round > 0; round--) {
      int open = (int) alive.stream().filter(Search::open).count();
      int share = round == 1 ? left : left / round;
      for (var search : alive) {
        if (search.open()) {
          int more = round == 1 ? left : Math.min(left, Math.ceilDiv(share, Math.max(1, open)));
          left -= search.advance(more, alive.size() == 1);
        }
        if (search.endsAll()) {
          return together(all, screened);
        }
      }
      alive.sort(Comparator.comparing(Search::outcome, BEST_FIRST));
      alive.subList(Math.ceilDiv(alive.size(), 2), alive.size()).clear();
    }
    return together(all, screened);
  }

  /** The numbers of the starts that are fitted, best first if these are not all. */
  private List<Integer> fewer(Residuals screen, List<double[]> starts) {
    if (starts.size() <= fits) {
      return IntStream.range(0, starts.size()).boxed().toList();
    }
    double[] scores = new double[starts.size()];
    double[] residuals = new double[score == null ? screen.count() : 0];
    Arrays.setAll(
        scores,
        i -> {
          if (score == null) {
            screen.evaluate(starts.get(i), residuals);
          }
          double squares = Arrays.stream(residuals).map(value -> value * value).sum();
          return score(starts.get(i), Math.sqrt(squares));
        });
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> scores[i]))
        .limit(fits)
        .toList();
  }

  /** What fits came to that share their iterations. */
  private static Outcome together(List<Search> all, int screened) {
    var best = all.stream().map(Search::outcome).min(BEST_FIRST).orElseThrow();
    var fit = best.fit();
    int iterations = all.stream().mapToInt(search -> search.fit.iterations()).sum();
    var counted =
        new FitResult(
            fit.theta(),
            fit.cost(),
            fit.rmse(),
            iterations,
            screened + all.stream().mapToInt(search -> search.fit.evaluations()).sum(),
            all.stream().mapToDouble(search -> search.fit.seconds()).max().orElseThrow(),
            fit.lambda(),
            fit.reason(),
            fit.advice());
    return new Outcome(
        best.start(), best.theta(), best.score(), iterations, best.byScore(), counted);
  }

  @SuppressWarnings("ReferenceEquality") // the same problem, not an equal one
  private Outcome goOnFromBest(
      Residuals problem, Residuals screen, List<double[]> starts, Listener listener) {
    if (starts.size() == 1) {
      return goOn(problem, 0, starts.getFirst(), listener);
    }
    var outcomes = new ArrayList<Outcome>();
    var rows = new KeptRows(screen);
    for (int i = 0; i < starts.size(); i++) {
      var search = new Search(first.descent(rows, starts.get(i), System.nanoTime()), i, listener);
      search.advance(first.stop().iterations(), false);
      outcomes.add(search.outcome());
      if (search.cancelled || search.hopeless()) {
        return Collections.min(outcomes, BEST_FIRST);
      }
    }
    outcomes.sort(BEST_FIRST);
    Outcome nowhere = null;
    for (var begun : outcomes) {
      if (!begun.worked()) {
        break;
      }
      var goingOn = goOn(problem, begun.start(), begun.theta(), listener);
      // Residuals of a part are no match for those of the whole.
      boolean incomparable = screen != problem && score == null;
      var whole = join(begun, goingOn, incomparable || goingOn.score() <= begun.score());
      if (goingOn.fit().reason() != StopReason.DIVERGED) {
        return whole;
      }
      nowhere = nowhere == null ? whole : nowhere;
    }
    return nowhere == null ? outcomes.getFirst() : nowhere;
  }

  private Outcome goOn(Residuals problem, int start, double[] theta, Listener listener) {
    var descent = main.descent(new KeptRows(problem), theta, System.nanoTime());
    var search = new Search(descent, start, listener);
    search.advance(main.stop().iterations(), true);
    return search.outcome();
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

  private double score(double[] theta, double rmse) {
    double value = score == null ? rmse : score.applyAsDouble(theta);
    return Double.isFinite(value) ? value : Double.POSITIVE_INFINITY;
  }

  /** One fit, of which the point with the best score is kept. */
  private final class Search {
    private final Descent descent;
    private final int start;
    private final Listener listener;
    private FitResult fit;
    private double @Nullable [] theta;
    private double best = Double.POSITIVE_INFINITY;
    private int since;
    private boolean goingOn;
    private boolean byScore;
    private boolean cancelled;

    Search(Descent descent, int start, Listener listener) {
      this.descent = descent;
      this.start = start;
      this.listener = listener;
      this.fit = descent.run(0, _ -> true);
    }

    /** Goes on; returns the number of iterations used. */
    int advance(int more, boolean alone) {
      int before = fit.iterations();
      goingOn = alone;
      fit = descent.run(before + more, this::iterated);
      // The last step is not announced where it ends the fit.
      offer(fit.theta(), score(fit.theta(), fit.rmse()));
      return fit.iterations() - before;
    }

    private boolean iterated(Iteration iteration) {
      double value = score(iteration.theta(), iteration.rmse());
      since = offer(iteration.theta(), value) ? 0 : since + 1;
      if (!listener.iterated(start, goingOn, iteration, value)) {
        cancelled = true;
        return false;
      }
      byScore = patience > 0 && since >= patience;
      return !byScore;
    }

    private boolean offer(double[] at, double value) {
      boolean better = theta == null || value < best;
      if (better) {
        theta = at.clone();
        best = value;
      }
      return better;
    }

    Outcome outcome() {
      double[] kept = theta == null ? fit.theta() : theta;
      return new Outcome(start, kept, best, fit.iterations(), byScore, fit);
    }

    boolean open() {
      return fit.reason() == StopReason.ITERATIONS;
    }

    /** Whether every other start would fail for the same reason. */
    boolean hopeless() {
      return fit.reason() == StopReason.NOTHING_TO_FIT
          || fit.reason() == StopReason.UNDERDETERMINED;
    }

    /** Whether fits that share iterations and time end with this one. */
    boolean endsAll() {
      return cancelled
          || hopeless()
          || fit.reason() == StopReason.TIME
          || fit.reason() == StopReason.RMSE;
    }
  }
}
