// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Stop;
import dev.unspool.lm.Iteration;
import dev.unspool.lm.ScoredStarts;
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
    if (seconds() - shown >= SHOW_SECONDS) {
      show(step);
      shown = seconds();
    }
    timeIsOver = training.maxMinutes() > 0 && seconds() >= 60 * training.maxMinutes();
    return !timeIsOver && !stop.asked();
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
