// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Stop;
import dev.unspool.lm.FitResult;
import dev.unspool.lm.Iteration;
import dev.unspool.lm.ScoredStarts;
import dev.unspool.lm.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows a fit: keeps its steps, says how far it is, and ends it when it is asked to. */
final class FitProgress implements ScoredStarts.Listener {
  private static final double SHOW_SECONDS = 5;

  private final Console console;
  private final Stop stop;
  private final FitTraining training;
  private final double unit;
  private final boolean validates;
  private final boolean normalised;
  private final long began = System.nanoTime();
  private final List<FitStep> steps = new ArrayList<>();
  private final int[] firstIterations;
  private final double[] leastScore;
  private final int[] leastAt;
  private int betterAt;
  private boolean patienceIsOver;
  private double shown;
  private @Nullable FitStep lastShown;
  private boolean timeIsOver;
  private ScoredStarts.@Nullable Outcome best;
  private boolean bestGoesOn;

  /** Follows a fit that begins now. */
  FitProgress(Console console, Stop stop, FitTraining training, FitTask task) {
    this.console = console;
    this.stop = stop;
    this.training = training;
    this.unit = task.unit();
    this.validates = task.valid() != null;
    this.normalised = task.normalised();
    this.firstIterations = new int[training.starts()];
    this.leastScore = new double[training.starts()];
    this.leastAt = new int[training.starts()];
    Arrays.fill(leastScore, Double.POSITIVE_INFINITY);
  }

  @Override
  public boolean iterated(int start, boolean goingOn, Iteration iteration, double score) {
    var before = steps.isEmpty() ? null : steps.getLast();
    boolean continued = goingOn && training.starts() > 1;
    if (before != null && (before.start() != start + 1 || (continued && iteration.number() == 1))) {
      show(before);
      shown = seconds();
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
    steps.add(step);
    firstIterations[start] += goingOn ? 0 : 1;
    watch(start, goingOn, iteration.number(), number, score);
    keep(start, goingOn, iteration, number, score);
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
    int patience = training.patience();
    patienceIsOver = validates && goingOn && patience > 0 && own - betterAt >= patience;
  }

  /** Whether the fit has ended because the validation part got no better. */
  boolean patienceIsOver() {
    return patienceIsOver;
  }

  /** The iteration whose weights were kept. */
  int bestIteration(ScoredStarts.Outcome outcome) {
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
    timeIsOver = training.maxMinutes() > 0 && seconds() >= 60 * training.maxMinutes();
    return !timeIsOver && !stop.asked();
  }

  /** What would be lost if the search were left in its middle. */
  private void keep(int start, boolean goingOn, Iteration iteration, int number, double score) {
    // Training errors of the starts may be of a part of the rows.
    boolean further = !validates && goingOn && !bestGoesOn;
    if (best == null || further || score < best.score()) {
      double[] theta = iteration.theta().clone();
      var fit =
          new FitResult(
              theta,
              Double.NaN,
              iteration.rmse(),
              number,
              0,
              seconds(),
              iteration.lambda(),
              StopReason.CANCELLED,
              StopReason.CANCELLED.advice());
      best = new ScoredStarts.Outcome(start, theta, score, number, false, fit);
      bestGoesOn = goingOn;
    }
  }

  /** Where the search stood that was left in its middle, or null before its first step. */
  ScoredStarts.@Nullable Outcome best() {
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
                training.starts(),
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
    if (!steps.isEmpty()) {
      show(steps.getLast());
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
    return List.copyOf(steps);
  }

  /** Writes all steps, one a line. */
  void write(Path file) throws IOException {
    Files.write(file, steps.stream().map(Json::line).toList());
  }
}
