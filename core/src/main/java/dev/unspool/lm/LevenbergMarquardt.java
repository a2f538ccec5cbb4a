// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.function.Predicate;

/**
 * The method of Levenberg (1944) and Marquardt (1963): minimises ½‖r(θ)‖² by steps that solve
 * {@code (JᵀJ + λD²) δ = −Jᵀr}. D² is the largest diagonal of JᵀJ seen so far (Moré, "The
 * Levenberg-Marquardt algorithm: implementation and theory", 1978), which makes the path
 * independent of the units of θ.
 *
 * <p>Immutable; may be used for many fits.
 */
public final class LevenbergMarquardt {
  private final Damping damping;
  private final LinearSolver solver;
  private final StopRules stop;
  private final boolean geodesic;

  private LevenbergMarquardt(
      Damping damping, LinearSolver solver, StopRules stop, boolean geodesic) {
    this.damping = damping;
    this.solver = solver;
    this.stop = stop;
    this.geodesic = geodesic;
  }

  /** Nielsen's damping and automatic choice of the linear solver. */
  public static LevenbergMarquardt with(StopRules stop) {
    return new LevenbergMarquardt(Damping.nielsen(), LinearSolver.AUTOMATIC, stop, false);
  }

  /** The same with another damping. */
  public LevenbergMarquardt with(Damping rule) {
    return new LevenbergMarquardt(rule, solver, stop, geodesic);
  }

  /** The same with another linear solver. */
  public LevenbergMarquardt with(LinearSolver other) {
    return new LevenbergMarquardt(damping, other, stop, geodesic);
  }

  /**
   * The same with geodesic acceleration (Transtrum and Sethna, "Improvements to the
   * Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012): the second
   * derivative along the step bends it. Costs one more pass over the rows and one more evaluation
   * per step; pays in narrow curved valleys.
   */
  public LevenbergMarquardt withGeodesicAcceleration() {
    return new LevenbergMarquardt(damping, solver, stop, true);
  }

  /**
   * Fits.
   *
   * @param start the first θ; not modified
   */
  public FitResult fit(Residuals problem, double[] start) {
    return fit(problem, start, _ -> true);
  }

  /**
   * Fits.
   *
   * @param start the first θ; not modified
   * @param goOn told of every iteration; false ends the fit
   */
  public FitResult fit(Residuals problem, double[] start, Predicate<Iteration> goOn) {
    return descent(new KeptRows(problem), start, System.nanoTime()).run(stop.iterations(), goOn);
  }

  /** When it ends. */
  StopRules stop() {
    return stop;
  }

  /**
   * A fit that can be paused.
   *
   * @param rows may be shared by fits that take turns
   * @param start not modified
   * @param began when its time began
   */
  Descent descent(KeptRows rows, double[] start, long began) {
    if (start.length != rows.parameters()) {
      throw new IllegalArgumentException(
          "the problem has %d parameters, the start %d".formatted(rows.parameters(), start.length));
    }
    return new Descent(rows, start.clone(), damping, solver, stop, geodesic, began);
  }
}
