// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

import java.util.function.Predicate;

/**
 * The method of Levenberg (1944) and Marquardt (1963): minimises ½‖r(θ)‖² by steps that solve
 * {@code (JᵀJ + λD²) δ = −Jᵀr}. D² is the largest diagonal of JᵀJ seen so far (Moré, "The
 * Levenberg-Marquardt algorithm: implementation and theory", 1978), which makes the path
 * independent of the units of θ; {@link #withScaleMemory} lets it forget.
 *
 * <p>Immutable; may be used for many fits.
 */
public final class LevenbergMarquardt {
  private final Damping damping;
  private final LinearSolver solver;
  private final StopRules stop;
  private final boolean geodesic;
  private final double memory;

  private LevenbergMarquardt(
      Damping damping, LinearSolver solver, StopRules stop, boolean geodesic, double memory) {
    this.damping = damping;
    this.solver = solver;
    this.stop = stop;
    this.geodesic = geodesic;
    this.memory = memory;
  }

  /** Nielsen's damping and automatic choice of the linear solver. */
  public static LevenbergMarquardt with(StopRules stop) {
    return new LevenbergMarquardt(Damping.nielsen(), LinearSolver.AUTOMATIC, stop, false, 1);
  }

  /** The same with another damping. */
  public LevenbergMarquardt with(Damping rule) {
    return new LevenbergMarquardt(rule, solver, stop, geodesic, memory);
  }

  /** The same with another linear solver. */
  public LevenbergMarquardt with(LinearSolver other) {
    return new LevenbergMarquardt(damping, other, stop, geodesic, memory);
  }

  /**
   * The same with geodesic acceleration (Transtrum and Sethna, "Improvements to the
   * Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012): the second
   * derivative along the step bends it. Costs one more pass over the rows and one more evaluation
   * per step; pays in narrow curved valleys.
   */
  public LevenbergMarquardt withGeodesicAcceleration() {
    return new LevenbergMarquardt(damping, solver, stop, true, memory);
  }

  /**
   * The same with scales that forget: D² is the larger of the diagonal of JᵀJ and {@code memory}
   * times what it was an iteration ago. Where a fit begins in steep country, the largest diagonals
   * seen hold parameters back for long after.
   *
   * @param memory 1, the default, never forgets (Moré 1978); 0 takes the diagonal as it is
   *     (Marquardt 1963)
   */
  public LevenbergMarquardt withScaleMemory(double memory) {
    if (!(memory >= 0 && memory <= 1)) {
      throw new IllegalArgumentException(
          "the memory of the scales must be from 0 to 1, found " + memory);
    }
    return new LevenbergMarquardt(damping, solver, stop, geodesic, memory);
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
          "the problem has %s parameters, the start %s".formatted(rows.parameters(), start.length));
    }
    return new Descent(rows, start.clone(), damping, solver, stop, geodesic, memory, began);
  }
}
