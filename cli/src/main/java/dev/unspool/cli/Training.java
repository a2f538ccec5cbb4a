// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.PlantTask;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.MappedData;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainingRun;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What {@code train} and {@code resume} share: train, then say how well. */
final class Training {
  private Training() {}

  /** Exit code of a run that was stopped and not ended by the signal itself. */
  static final int STOPPED = 1;

  /** Exit code of a run that went wrong, but has figures. */
  private static final int FAILED = 1;

  /** What a run leaves that cannot be stopped in time. */
  static final String LATE = "the checkpoint is an earlier one";

  /** How a training is started. */
  @FunctionalInterface
  interface Start {
    @Nullable Figures of(TrainingRun run) throws IOException;
  }

  /** Opens the data of a run. */
  static Task open(RunFolder folder, RunConfig config) throws IOException {
    if (config.text() != null) {
      return TextTask.open(config.text(), folder.architecture(config), folder.vocabulary());
    }
    return config.narx() != null
        ? PlantTask.open(config.requireCsv(), folder.plant(config))
        : SeriesTask.open(config.requireCsv(), folder.architecture(config));
  }

  static int run(
      RunFolder folder, RunConfig config, Task task, CommonOptions options, Stop stop, Start start)
      throws IOException {
    Console console = options.console();
    var training = new TrainingRun(folder, config, task, console, stop);
    Figures figures = MappedData.read(config, () -> start.of(training));
    if (figures == null) {
      return STOPPED;
    }
    if (options.json) {
      console.result(Json.pretty(figures));
    } else {
      if (training.problems().isEmpty()) {
        console.note("Everything is in " + folder.path());
      }
      figures.describe().forEach(console::result);
    }
    training.problems().forEach(console::warn);
    return training.problems().isEmpty() ? 0 : FAILED;
  }
}
