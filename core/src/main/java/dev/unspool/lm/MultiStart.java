// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * One fit from several first weights that share one number of iterations, against local minima.
 *
 * <p>Of all the starts, those with the least cost are fitted: that takes one evaluation of the
 * residuals for each and no Jacobian. Then successive halving (Jamieson and Talwalkar,
 * "Non-stochastic best arm identification and hyperparameter optimization", 2016): in each round
 * the fits left over get the same number of iterations, and the worse half is given up; every round
 * gets the same share of the whole. What a fit that has converged does not need goes to the later
 * rounds.
 */
public final class MultiStart {
  private final LevenbergMarquardt method;
  private final int fits;

  private MultiStart(LevenbergMarquardt method, int fits) {
    this.method = method;
    this.fits = fits;
  }

  /**
   * A way to fit.
   *
   * @param method whose stop rules hold for all fits together: their iterations and their time
   * @param fits the most starts that are fitted, 4 to 8 for a few hundred iterations; of more
   *     starts, those with the least cost are
   */
  public static MultiStart with(LevenbergMarquardt method, int fits) {
    if (fits < 1) {
      throw new IllegalArgumentException("at least one start must be fitted, found " + fits);
    }
    return new MultiStart(method, fits);
  }

  /**
   * Fits.
   *
   * @param starts several first θ; not modified
   */
  public FitResult fit(Residuals problem, List<double[]> starts) {
    return fit(problem, starts, _ -> true);
  }

  /**
   * Fits.
   *
   * @param starts several first θ; not modified
   * @param goOn told of every iteration of every fit, numbered from 1 in each of them; false ends
   *     all of them
   * @return the best of them all, with the iterations and evaluations of all of them
   */
  public FitResult fit(Residuals problem, List<double[]> starts, Predicate<Iteration> goOn) {
    if (starts.isEmpty()) {
      throw new IllegalArgumentException("a fit needs at least one start, found none");
    }
    var rows = new KeptRows(problem);
    long began = System.nanoTime();
    var all = new ArrayList<Runner>();
    for (double[] start : best(rows, starts)) {
      all.add(new Runner(method.descent(rows, start, began)));
    }
    int left = method.stop().iterations();
    int rounds = 33 - Integer.numberOfLeadingZeros(all.size() - 1);
    var alive = new ArrayList<>(all);
    for (int round = rounds; round > 0; round--) {
      int open = (int) alive.stream().filter(Runner::open).count();
      int share = round == 1 ? left : left / round;
      for (var runner : alive) {
        if (runner.open()) {
          int more = round == 1 ? left : Math.min(left, Math.ceilDiv(share, Math.max(1, open)));
          left -= runner.advance(more, goOn);
        }
        var reason = runner.result().reason();
        if (reason == StopReason.CANCELLED
            || reason == StopReason.TIME
            || reason == StopReason.RMSE
            || reason == StopReason.NOTHING_TO_FIT
            || reason == StopReason.UNDERDETERMINED) {
          return best(all, starts.size());
        }
      }
      alive.sort(Comparator.comparingDouble(Runner::cost));
      alive.subList(Math.ceilDiv(alive.size(), 2), alive.size()).clear();
    }
    return best(all, starts.size());
  }

  /** The starts with the least cost. */
  private List<double[]> best(Residuals problem, List<double[]> starts) {
    if (starts.size() <= fits) {
      return starts;
    }
    double[] residuals = new double[problem.count()];
    record Start(double[] theta, double cost) {}
    return starts.stream()
        .map(
            theta -> {
              problem.evaluate(theta, residuals);
              double cost = 0;
              for (double value : residuals) {
                cost += value * value;
              }
              return new Start(theta, Double.isNaN(cost) ? Double.POSITIVE_INFINITY : cost);
            })
        .sorted(Comparator.comparingDouble(Start::cost))
        .limit(fits)
        .map(Start::theta)
        .toList();
  }

  private static FitResult best(List<Runner> all, int starts) {
    int screened = starts > all.size() ? starts : 0;
    var best = all.stream().min(Comparator.comparingDouble(Runner::cost)).orElseThrow().result();
    return new FitResult(
        best.theta(),
        best.cost(),
        best.rmse(),
        all.stream().mapToInt(runner -> runner.result().iterations()).sum(),
        screened + all.stream().mapToInt(runner -> runner.result().evaluations()).sum(),
        all.stream().mapToDouble(runner -> runner.result().seconds()).max().orElseThrow(),
        best.lambda(),
        best.reason(),
        best.advice());
  }

  /** One fit and where it stands. */
  private static final class Runner {
    private final Descent descent;
    private FitResult result;

    Runner(Descent descent) {
      this.descent = descent;
      this.result = descent.run(0, _ -> true);
    }

    FitResult result() {
      return result;
    }

    boolean open() {
      return result.reason() == StopReason.ITERATIONS;
    }

    double cost() {
      return Double.isNaN(result.cost()) ? Double.POSITIVE_INFINITY : result.cost();
    }

    /** Goes on; returns the number of iterations used. */
    int advance(int more, Predicate<Iteration> goOn) {
      int before = result.iterations();
      result = descent.run(before + more, goOn);
      return result.iterations() - before;
    }
  }
}
