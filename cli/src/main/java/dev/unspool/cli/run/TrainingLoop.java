// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.ProgressReport;
import dev.unspool.cli.report.Report;
import dev.unspool.train.Progress;
import dev.unspool.train.Trainer;
import java.io.IOException;

/**
 * Update after update; between them validation at the end of each epoch, reports and checkpoints
 * when they are due, and what patience does when it has run out.
 */
final class TrainingLoop {
  private static final int EPOCHS_REPORTED = 100;

  private final TrainingConfig config;
  private final Task task;
  private final TrainingFiles files;
  private final TrainingLimits limits;
  private final TrainingState state;
  private final Console console;
  private final Stop stop;
  private final int pause;

  /**
   * A training that is about to go on.
   *
   * @param pause epoch after whose validation it ends
   */
  TrainingLoop(
      TrainingConfig config,
      Task task,
      TrainingFiles files,
      TrainingLimits limits,
      TrainingState state,
      Console console,
      Stop stop,
      int pause) {
    this.config = config;
    this.task = task;
    this.files = files;
    this.limits = limits;
    this.state = state;
    this.console = console;
    this.stop = stop;
    this.pause = pause;
  }

  /** Trains until there is nothing left to do, which is true, or somebody asks to stop. */
  boolean run() throws IOException {
    var pace = new Pace(config.report(), state.trainer.steps(), state.trainer.updates());
    state.clock.start();
    try (ProgressReport bar = ProgressReport.on(console)) {
      while (true) {
        boolean over = limits.isOver(state);
        // A limit may end training in the middle of an epoch; its last updates shall count too.
        if (state.validationIsDue() || (over && state.isAheadOfValidation())) {
          try {
            state.validated(task.validates() ? task.validate(state.theta, stop) : Double.NaN);
          } catch (Stop.Asked _) {
            return false;
          }
          over = limits.isOver(state);
          if (!over && limits.isImpatient(state)) {
            endEarly();
          }
          if (over || pace.reportIsDue() || isReported(state.validatedEpoch)) {
            report(pace, bar, true);
          }
          if (pace.checkpointIsDueAfterEpoch(state.trainer.updates())) {
            files.attemptCheckpoint(state);
            pace.checkpointed(state.trainer.updates());
          }
        }
        if (over || stop.asked() || isPaused()) {
          if (over) {
            bar.complete();
          }
          return over;
        }
        state.clock.read();
        Progress progress = state.trainer.update();
        if (progress == null) {
          bar.complete();
          return true;
        }
        state.updated(progress);
        if (pace.reportIsDue() && !state.validationIsDue() && !limits.isOver(state)) {
          report(pace, bar, false);
        }
        // At the end of an epoch, its validation belongs to it.
        if (pace.checkpointIsDue(state.trainer.updates()) && !state.validationIsDue()) {
          files.attemptCheckpoint(state);
          pace.checkpointed(state.trainer.updates());
        }
      }
    }
  }

  /**
   * Whether the end of an epoch is reported even if the last report is not long ago: of each of the
   * first 200, then of every second, fourth, eighth …, so that the log of many short epochs grows
   * with their logarithm.
   */
  private static boolean isReported(int epoch) {
    return epoch % Math.max(1, Integer.highestOneBit(epoch / EPOCHS_REPORTED)) == 0;
  }

  /** Whether it ended since so many epochs are over. */
  boolean isPaused() {
    return state.validatedEpoch >= pause;
  }

  /** Weights that did best at a high rate become better still while it falls. */
  private void endEarly() {
    int patience = config.limit().patience();
    sayOverfitting();
    console.note(
        "no better validation loss for %s: going back to the weights of update %s, from which the rate falls to zero within as many"
            .formatted(Numbers.count(patience, "epoch"), state.bestUpdate));
    state.course.end(patience, state.trainer.updates(), patience * limits.perEpoch(), state.rate);
    state.goBack();
  }

  private void report(Pace pace, ProgressReport bar, boolean validated) throws RunException {
    Trainer trainer = state.trainer;
    var report =
        new Report(
            trainer.updates(),
            trainer.steps(),
            state.epoch,
            state.loss.value(),
            validated ? Numbers.finite(state.validation) : null,
            Numbers.finite(state.gradientNorm),
            state.rate,
            Numbers.finite(pace.speed(trainer.steps()) * config.lanes()),
            state.clock.seconds());
    state.loss.clear();
    files.report(report, state);
    if (pace.showIsDue()) {
      bar.show(report, limits.done(state), state.validation);
    }
  }

  /** Says so where validation has become worse while training became better. */
  void sayOverfitting() {
    String sentence = state.overfitting.describe(state, task.isLayered());
    if (sentence != null) {
      console.note(sentence);
    }
  }
}
