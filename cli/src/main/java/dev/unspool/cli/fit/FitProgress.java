// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.Stop;
import dev.unspool.lm.FitResult;
import dev.unspool.lm.Iteration;
import dev.unspool.lm.MultiStart;
import dev.unspool.lm.StopReason;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows a fit: keeps its steps, says how far it is, and ends it when it is asked to. */
final class FitProgress implements MultiStart.Listener {
  private static final double SHOW_SECONDS = 5;

  private final Console console;
  private final Stop stop;
  private final BestSoFar kept;
  private final FittingConfig training;
  private final double unit;
  private final boolean validates;
  private final boolean normalised;
  private final int[] firstIterations;
  private final double[] leastScore;
  private final int[] leastAt;
  private long began = System.nanoTime();
  private int resumed = -1;
  private int betterAt;
  private boolean patienceIsOver;
  private double shown;
  private @Nullable FitStep lastShown;
  private boolean timeIsOver;
  private MultiStart.@Nullable Outcome best;
  private boolean bestGoesOn;

  /**
   * What the errors are that are seen on the way.
   *
   * @param unit what an error of 1 is
   * @param normalised whether that is in the model's units, and these are others than the targets'
   * @param validates whether there is a validation part
   */
  record Units(double unit, boolean normalised, boolean validates) {}

  /** Follows a fit that begins now. */
  FitProgress(Console console, Stop stop, FittingConfig training, Units units, BestSoFar kept) {
    this.console = console;
    this.stop = stop;
    this.kept = kept;
    this.training = training;
    this.unit = units.unit();
    this.validates = units.validates();
    this.normalised = units.normalised();
    this.firstIterations = new int[training.search().starts()];
    this.leastScore = new double[training.search().starts()];
    this.leastAt = new int[training.search().starts()];
    Arrays.fill(leastScore, Double.POSITIVE_INFINITY);
  }

  /**
   * Follows a fit that goes on, from the best model of an earlier process.
   *
   * @param step that led to it
   * @param earlier all steps before it
   * @param theta where it stands
   * @param score of it
   */
  void goOnFrom(FitStep step, List<FitStep> earlier, double[] theta, double score) {
    resumed = Math.min(step.start(), training.search().starts()) - 1;
    earlier.stream()
        .filter(one -> one.start() != step.start() || one.iteration() <= step.iteration())
        .forEach(kept::step);
    began -= Math.round(1e9 * earlier.stream().mapToDouble(FitStep::seconds).max().orElse(0));
    firstIterations[resumed] = step.iteration();
    leastScore[resumed] = score;
    leastAt[resumed] = step.iteration();
    best = interrupted(resumed, theta, score, step, step.rmse() / unit);
  }

  /** What the search that went on came to, counted together with what was before it. */
  MultiStart.Outcome joined(MultiStart.Outcome outcome) {
    MultiStart.Outcome before = best;
    MultiStart.Outcome better =
        before != null && before.score() < outcome.score() ? before : outcome;
    return new MultiStart.Outcome(
        resumed,
        better.theta(),
        better.score(),
        firstIterations[resumed] + outcome.iterations(),
        outcome.byScore(),
        outcome.fit());
  }

  @Override
  public boolean iterated(int own, boolean goingOn, Iteration iteration, double score) {
    int start = Math.max(own, resumed);
    List<FitStep> steps = kept.steps();
    var before = steps.isEmpty() ? null : steps.getLast();
    boolean continued = goingOn && (training.search().starts() > 1 || resumed >= 0);
    if (before != null && (before.start() != start + 1 || (continued && iteration.number() == 1))) {
      show(before);
      shown = seconds();
      kept.keep(true, seconds());
    }
    int number = iteration.number() + (continued ? firstIterations[start] : 0);
    var step =
        new FitStep(
            start + 1,
            number,
            unit * iteration.rmse(),
            validates ? Numbers.finite(unit * score) : null,
            normalised ? true : null,
            iteration.lambda(),
            seconds());
    kept.step(step);
    firstIterations[start] += goingOn ? 0 : 1;
    watch(start, goingOn, iteration.number(), number, score);
    keep(start, goingOn, iteration, step, score);
    kept.keep(false, seconds());
    if (seconds() - shown >= SHOW_SECONDS) {
      show(step);
      shown = seconds();
    }
    return goesOn() && !patienceIsOver;
  }

  /**
   * Remembers the best score of a start. What goes on has the patience for so many iterations of
   * its own, counted against the best score of its start too, which the search does not know then.
   */
  private void watch(int start, boolean goingOn, int own, int number, double score) {
    if (own == 1) {
      betterAt = 0;
    }
    if (score < leastScore[start]) {
      leastScore[start] = score;
      leastAt[start] = number;
      betterAt = own;
    }
    int patience = training.limit().patience();
    patienceIsOver = validates && goingOn && patience > 0 && own - betterAt >= patience;
  }

  /** Whether the fit has ended because the validation part got no better. */
  boolean patienceIsOver() {
    return patienceIsOver;
  }

  /** The iteration whose weights were kept. */
  int bestIteration(MultiStart.Outcome outcome) {
    int start = outcome.start();
    if (validates && leastAt[start] > 0 && outcome.score() >= leastScore[start]) {
      return leastAt[start];
    }
    // The last step of a fit is not announced where it ends the fit.
    boolean last = Arrays.equals(outcome.theta(), outcome.fit().theta());
    return !validates || last ? outcome.iterations() : firstIterations[start];
  }

  /** Whether there is still time, and nobody wants it to end. */
  boolean goesOn() {
    timeIsOver =
        training.limit().maxMinutes() > 0 && seconds() >= 60 * training.limit().maxMinutes();
    return !timeIsOver && !stop.asked();
  }

  /** What would be lost if the search were left in its middle. */
  private void keep(int start, boolean goingOn, Iteration iteration, FitStep step, double score) {
    // Training errors of the starts may be of a part of the rows.
    boolean further = !validates && goingOn && !bestGoesOn;
    if (best == null || further || score < best.score()) {
      double[] theta = iteration.theta().clone();
      best = interrupted(start, theta, score, step, iteration.rmse());
      bestGoesOn = goingOn;
      kept.better(theta, step);
    }
  }

  private MultiStart.Outcome interrupted(
      int start, double[] theta, double score, FitStep step, double rmse) {
    var fit =
        new FitResult(
            theta,
            Double.NaN,
            rmse,
            step.iteration(),
            0,
            seconds(),
            step.lambda(),
            StopReason.CANCELLED,
            StopReason.CANCELLED.advice());
    return new MultiStart.Outcome(start, theta, score, step.iteration(), false, fit);
  }

  /** The step that led to what a fit came to; the last one is not announced. */
  FitStep stepOf(MultiStart.Outcome outcome) {
    int number = bestIteration(outcome);
    return kept.steps().stream()
        .filter(step -> step.start() == outcome.start() + 1 && step.iteration() == number)
        .findFirst()
        .orElseGet(
            () ->
                new FitStep(
                    outcome.start() + 1,
                    number,
                    unit * outcome.fit().rmse(),
                    validates ? Numbers.finite(unit * outcome.score()) : null,
                    normalised ? true : null,
                    outcome.fit().lambda(),
                    seconds()));
  }

  /** Where the search stood that was left in its middle, or null before its first step. */
  MultiStart.@Nullable Outcome best() {
    return best;
  }

  private void show(FitStep step) {
    if (step.equals(lastShown)) {
      return;
    }
    lastShown = step;
    console.note(
        "start %s of %s  iteration %s  train RMSE %s%s%s"
            .formatted(
                step.start(),
                training.search().starts(),
                step.iteration(),
                Numbers.of(step.rmse()),
                validates ? "  validation " + validation(step) : "",
                normalised ? "  (normalised)" : ""));
  }

  private String validation(FitStep step) {
    Double value = step.validation();
    int start = step.start() - 1;
    String now = value == null ? "diverged" : Numbers.of(value);
    return leastAt[start] == 0 || leastAt[start] == step.iteration()
        ? now
        : "%s, best %s at %s".formatted(now, Numbers.of(unit * leastScore[start]), leastAt[start]);
  }

  /** Says where the fit has ended. */
  void ended() {
    if (!kept.steps().isEmpty()) {
      show(kept.steps().getLast());
    }
  }

  /** Seconds since the beginning. */
  double seconds() {
    return (System.nanoTime() - began) * 1e-9;
  }

  /** Whether the limit of time has ended the fit. */
  boolean timeIsOver() {
    return timeIsOver;
  }

  /** All steps so far, in their order. */
  List<FitStep> steps() {
    return List.copyOf(kept.steps());
  }
}
