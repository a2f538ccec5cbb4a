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
  private final long began = System.nanoTime();
  private final List<FitStep> steps = new ArrayList<>();
  private double shown;
  private @Nullable FitStep lastShown;
  private boolean timeIsOver;
  private ScoredStarts.@Nullable Outcome best;
  private boolean bestGoesOn;

  /**
   * Follows a fit that begins now.
   *
   * @param unit of the residuals
   */
  FitProgress(Console console, Stop stop, FitTraining training, double unit, boolean validates) {
    this.console = console;
    this.stop = stop;
    this.training = training;
    this.unit = unit;
    this.validates = validates;
  }

  @Override
  public boolean iterated(int start, boolean goingOn, Iteration iteration, double score) {
    var before = steps.isEmpty() ? null : steps.getLast();
    boolean continued = goingOn && training.starts() > 1;
    if (before != null && (before.start() != start + 1 || (continued && iteration.number() == 1))) {
      show(before);
      shown = seconds();
    }
    int number = iteration.number() + (continued ? firstIterations(start + 1) : 0);
    var step =
        new FitStep(
            start + 1,
            number,
            unit * iteration.rmse(),
            validates ? Numbers.finite(unit * score) : null,
            iteration.lambda(),
            seconds());
    steps.add(step);
    keep(start, goingOn, iteration, number, score);
    if (seconds() - shown >= SHOW_SECONDS) {
      show(step);
      shown = seconds();
    }
    return goesOn();
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

  private int firstIterations(int start) {
    int most = training.startIterations();
    return (int) steps.stream().filter(s -> s.start() == start && s.iteration() <= most).count();
  }

  private void show(FitStep step) {
    if (step.equals(lastShown)) {
      return;
    }
    lastShown = step;
    console.note(
        "start %d of %d  iteration %d  train RMSE %s%s"
            .formatted(
                step.start(),
                training.starts(),
                step.iteration(),
                Numbers.of(step.rmse()),
                step.validation() == null ? "" : "  validation " + Numbers.of(step.validation())));
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
