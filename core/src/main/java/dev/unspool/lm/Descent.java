// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One fit by {@link LevenbergMarquardt}. */
final class Descent {
  private static final double HOPELESS = 1e12;
  private static final int LONG = 3000;

  /** The largest ratio of acceleration to velocity at which a bent step is to be trusted. */
  private static final double BENT = 0.75;

  private final Residuals problem;
  private final KeptRows rows;
  private final Damping rule;
  private final LinearSolver solver;
  private final StopRules stop;
  private final boolean geodesic;
  private final double memory;
  private final long began;
  private final int size;

  private final double[] theta;
  private final double[] trial;
  private final double[] moved;
  private final double[] step;
  private final double[] scale;
  private final double[] damping;
  private @Nullable TriangularFactor precise;
  private Damping.State state;
  private boolean begun;
  private double cost = Double.NaN;
  private double cosine;
  private int idle;
  private int iterations;
  private int evaluations;
  private int attempts;

  Descent(
      KeptRows rows,
      double[] theta,
      Damping rule,
      LinearSolver solver,
      StopRules stop,
      boolean geodesic,
      double memory,
      long began) {
    this.problem = rows.problem();
    this.rows = rows;
    this.began = began;
    this.theta = theta;
    this.rule = rule;
    this.solver = solver;
    this.stop = stop;
    this.geodesic = geodesic;
    this.memory = memory;
    this.state = rule.start();
    this.size = theta.length;
    this.trial = new double[problem.count()];
    this.moved = new double[size];
    this.step = new double[size];
    this.scale = new double[size];
    this.damping = new double[size];
  }

  /**
   * Goes on from where it stands.
   *
   * @param limit number of iterations, all calls together, at which it pauses
   */
  FitResult run(int limit, Predicate<Iteration> goOn) {
    String objection = problem.objection();
    if (objection != null) {
      return result(StopReason.NOTHING_TO_FIT, objection);
    }
    if (!begun) {
      begun = true;
      cost = evaluate(theta, trial);
    }
    if (size > problem.count()) {
      return result(
          StopReason.UNDERDETERMINED,
          "%s parameters, but only %s residuals: %s"
              .formatted(size, problem.count(), StopReason.UNDERDETERMINED.advice()));
    }
    if (!Double.isFinite(cost)) {
      return result(StopReason.DIVERGED);
    }
    LinearModel linear = null; // not kept while it pauses: others take their turn, and it is large
    while (true) {
      if (rmse() <= stop.rmse()) {
        return result(StopReason.RMSE);
      }
      if (iterations >= limit) {
        return result(StopReason.ITERATIONS);
      }
      rows.moved();
      if (linear == null) {
        linear = model();
      }
      linear.linearise(rows, theta);
      iterations++;
      var ended = advance(linear);
      var iteration =
          new Iteration(iterations, rmse(), state.lambda(), cosine, attempts, seconds(), theta);
      if (ended != null) {
        return result(ended);
      }
      if (!goOn.test(iteration)) {
        return result(StopReason.CANCELLED);
      }
      if (seconds() > stop.seconds()) {
        return result(StopReason.TIME);
      }
    }
  }

  private LinearModel model() {
    boolean matrixFree =
        solver == LinearSolver.LSMR || (solver == LinearSolver.AUTOMATIC && size > LONG);
    if (matrixFree) {
      return new MatrixFree(problem);
    }
    return solver == LinearSolver.QR ? new TriangularFactor(size) : new NormalEquations(size);
  }

  /** Tries steps from the present point until one gets ahead; returns why to stop, if so. */
  private @Nullable StopReason advance(LinearModel linear) {
    var refused = prepare(linear);
    if (refused != null) {
      return refused;
    }
    double before = cost;
    boolean fresh = false; // whether the precise factor is of this point
    for (attempts = 1; ; attempts++) {
      for (int p = 0; p < size; p++) {
        damping[p] = state.lambda() * scale[p];
      }
      boolean solved = linear.solve(damping, linear.gradient(), step);
      LinearModel solving = linear;
      if (!solved && solver == LinearSolver.AUTOMATIC) {
        solving = precise(fresh);
        fresh = true;
        solved = solving.solve(damping, solving.gradient(), step);
      }
      if (solved) {
        double promised = promised(solving.gradient());
        boolean bendable = !geodesic || bend(solving);
        double length = move();
        if (length <= stop.step()) {
          return StopReason.STEP;
        }
        double next = evaluate(moved, trial);
        double gain = (cost - next) / promised;
        if (bendable && next < cost && gain > 1e-4) {
          take(next, gain);
          return before - cost <= stop.cost() * before ? StopReason.COST : null;
        }
        if (promised <= 1e-15 * cost) {
          return StopReason.COST; // rounding is all that is left
        }
      }
      state = rule.rejected(state);
      if (state.lambda() > HOPELESS) {
        return StopReason.DAMPING;
      }
      if (seconds() > stop.seconds()) {
        return StopReason.TIME;
      }
    }
  }

  private @Nullable StopReason prepare(LinearModel linear) {
    double norm = Math.sqrt(2 * cost);
    double largest = 0;
    cosine = 0;
    idle = 0;
    for (int p = 0; p < size; p++) {
      double diagonal = linear.diagonal()[p];
      if (!Double.isFinite(diagonal)) {
        return StopReason.JACOBIAN_NOT_FINITE;
      }
      largest = Math.max(largest, diagonal);
      idle += diagonal == 0 ? 1 : 0;
      scale[p] = Math.max(memory * scale[p], diagonal);
      if (diagonal > 0 && norm > 0) {
        cosine = Math.max(cosine, Math.abs(linear.gradient()[p]) / (Math.sqrt(diagonal) * norm));
      }
    }
    if (largest == 0) {
      return StopReason.NO_INFLUENCE;
    }
    if (cosine <= stop.gradient()) {
      return StopReason.GRADIENT;
    }
    // A parameter without influence so far stays where it is instead of making the matrix singular.
    for (int p = 0; p < size; p++) {
      scale[p] = Math.max(scale[p], 1e-12 * largest);
    }
    return null;
  }

  private LinearModel precise(boolean fresh) {
    var factor = precise == null ? new TriangularFactor(size) : precise;
    precise = factor;
    if (!fresh) {
      factor.linearise(rows, theta);
    }
    return factor;
  }

  /** How much the linear model promises: ½ δᵀ(λD²δ − g). */
  private double promised(double[] gradient) {
    double sum = 0;
    for (int p = 0; p < size; p++) {
      sum += step[p] * (damping[p] * step[p] - gradient[p]);
    }
    return sum / 2;
  }

  /** Adds half the acceleration to the step; false if it is too long for the step to be trusted. */
  private boolean bend(LinearModel solving) {
    double h = 0.1;
    for (int p = 0; p < size; p++) {
      moved[p] = theta[p] + h * step[p];
    }
    if (!Double.isFinite(evaluate(moved, trial))) {
      return true;
    }
    double[] right = new double[size];
    rows.linearise(
        theta,
        (i, residual, values, offset) -> {
          double slope = 0;
          for (int p = 0; p < size; p++) {
            slope += values[offset + p] * step[p];
          }
          double second = 2 / h * ((trial[i] - residual) / h - slope);
          for (int p = 0; p < size; p++) {
            right[p] += second * values[offset + p];
          }
        });
    double[] acceleration = new double[size];
    if (!solving.solve(damping, right, acceleration)) {
      return true;
    }
    double velocity = 0;
    double bent = 0;
    for (int p = 0; p < size; p++) {
      velocity += scale[p] * step[p] * step[p];
      bent += scale[p] * acceleration[p] * acceleration[p];
    }
    if (!(Math.sqrt(bent) <= BENT * Math.sqrt(velocity))) {
      return false;
    }
    for (int p = 0; p < size; p++) {
      step[p] += acceleration[p] / 2;
    }
    return true;
  }

  /** Moves to the end of the step; returns its scaled length relative to θ's. */
  private double move() {
    double length = 0;
    double whole = 0;
    for (int p = 0; p < size; p++) {
      moved[p] = theta[p] + step[p];
      length += scale[p] * step[p] * step[p];
      whole += scale[p] * theta[p] * theta[p];
    }
    return Math.sqrt(length) / (Math.sqrt(whole) + Double.MIN_NORMAL);
  }

  private void take(double next, double gain) {
    System.arraycopy(moved, 0, theta, 0, size);
    cost = next;
    state = rule.accepted(state, gain);
  }

  private double evaluate(double[] at, double[] into) {
    Arrays.fill(into, Double.NaN);
    problem.evaluate(at, into);
    evaluations++;
    double sum = 0;
    for (double value : into) {
      sum += value * value;
    }
    return sum / 2;
  }

  private double rmse() {
    return Math.sqrt(2 * cost / Math.max(1, problem.count()));
  }

  private double seconds() {
    return (System.nanoTime() - began) * 1e-9;
  }

  private FitResult result(StopReason reason) {
    boolean settled =
        reason == StopReason.GRADIENT || reason == StopReason.STEP || reason == StopReason.COST;
    return settled && idle > 0
        ? result(
            reason,
            "%s. %s of %s parameters have no influence there: units that are zero, dead or saturated"
                .formatted(reason.advice(), idle, size))
        : result(reason, reason.advice());
  }

  private FitResult result(StopReason reason, String advice) {
    return new FitResult(
        theta, cost, rmse(), iterations, evaluations, seconds(), state.lambda(), reason, advice);
  }
}
