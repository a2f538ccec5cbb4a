// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.report.Reason;
import dev.unspool.model.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a training leaves when it is over: checkpoint, figures, predictions, pictures. */
final class TrainingEnd {
  private final RunFolder folder;
  private final Task task;
  private final TrainingFiles files;
  private final Console console;
  private final Stop stop;
  private final List<String> problems = new ArrayList<>();

  TrainingEnd(RunFolder folder, Task task, TrainingFiles files, Console console, Stop stop) {
    this.folder = folder;
    this.task = task;
    this.files = files;
    this.console = console;
    this.stop = stop;
  }

  /** Adds what went wrong although there will be figures. */
  void say(String problem) {
    problems.add(problem);
  }

  /** All of it, a line each, in the order in which it came. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Writes the state in which the training ended. */
  void checkpoint(TrainingState state) throws RunException {
    keep(folder.checkpoints().path(), () -> files.checkpoint(state));
  }

  /**
   * Judges the best weights, and writes and draws what there is to say of them.
   *
   * @return the final figures, or null if it was stopped meanwhile
   */
  @Nullable Figures finish(TrainingState state) throws IOException {
    Parameters theta = state.bestWeights();
    try {
      Figures figures =
          task.figures(theta, stop)
              .with(
                  new Figures.Training(
                      state.trainer.updates(),
                      state.validatedEpoch,
                      state.bestUpdate,
                      state.trainer.skippedUpdates(),
                      theta.layout().size()));
      keep(folder.figures(), () -> Json.write(folder.figures(), figures));
      task.remarks().forEach(console::note);
      keep(folder.predictions(), () -> task.keepJudged(folder));
      draw(folder.horizonChart(), () -> task.drawHorizons(folder.horizonChart()));
      draw(
          folder.lossChart(), () -> Charts.loss(folder.lossChart(), folder.log(), task.lossUnit()));
      draw(folder.forecastChart(), () -> task.drawForecast(folder.forecastChart(), theta, stop));
      return figures;
    } catch (Stop.Asked _) {
      console.note(
          "Training is complete, the final figures are not; to get them: unspool resume "
              + folder.path());
      return null;
    }
  }

  /** Writes what belongs to the end. The figures are not lost if that fails. */
  private void keep(Path file, Writing writing) throws RunException {
    files.requireThere();
    try {
      writing.run();
    } catch (IOException e) {
      problems.add(
          "could not write %s: %s; mend that, then 'unspool resume %s' does it again"
              .formatted(file, Reason.of(e), folder.path()));
    }
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private void draw(Path png, Picture picture) {
    stop.check();
    Picture.attempt(console, png, picture);
  }
}
