// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.NetworkFit;
import dev.unspool.cli.model.FolderStatus;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code unspool resume} of a fit that was cut off. */
final class ResumeFit {
  private ResumeFit() {}

  /**
   * Goes on from the best weights so far.
   *
   * @param path of the folder
   * @param table where the measurements are now, if they were moved
   * @param format how they are written there
   * @param limits how long it goes on
   */
  static int run(
      Path path,
      @Nullable Path table,
      FormatOptions format,
      UnaryOperator<FittingConfig> limits,
      CommonOptions common)
      throws IOException {
    try (FolderLock _ = FolderLock.take(path, common.console())) {
      return goOn(path, table, format, limits, common);
    }
  }

  private static int goOn(
      Path path,
      @Nullable Path table,
      FormatOptions format,
      UnaryOperator<FittingConfig> limits,
      CommonOptions common)
      throws IOException {
    RunFolder folder = RunFolder.open(path);
    RunConfig config = folder.readConfig();
    FitWeights saved = FitWeights.read(folder, config, folder.step(config).parameters());
    if (!FolderStatus.read(folder).canGoOn()) {
      throw ended(path);
    }
    RunConfig used = format.at(config, table);
    folder.requireData(used, "--data FILE");
    FittingConfig how = limits.apply(config.requireFitting());
    FitStep step = saved.about().step();
    common
        .console()
        .note(
            "going on from the weights of start %s, iteration %s, as the only start; a fit does not go on bit for bit"
                .formatted(step.start(), step.iteration()));
    try (Stop stop = Stop.onShutdown(Fit.LATE)) {
      if (config.narx() != null) {
        plant(folder, used, how, saved, common, stop);
      } else {
        network(folder, used, how, saved, common, stop);
      }
      return 0;
    }
  }

  private static void plant(
      RunFolder folder,
      RunConfig config,
      FittingConfig how,
      FitWeights saved,
      CommonOptions common,
      Stop stop)
      throws IOException {
    FitTask task = FitTask.open(config.requireCsv(), folder.plant(config));
    task.requireUnchanged();
    new FitRun(task, how, common.console(), stop, figures -> Fit.say(figures, common))
        .resume(new FitFolder(folder.path()), config, saved);
  }

  private static void network(
      RunFolder folder,
      RunConfig config,
      FittingConfig how,
      FitWeights saved,
      CommonOptions common,
      Stop stop)
      throws IOException {
    try (SeriesTask task = SeriesTask.open(config.requireCsv(), folder.architecture(config))) {
      task.requireUnchanged();
      new NetworkFit(task, config, how, common.console(), stop, figures -> Fit.say(figures, common))
          .resume(new FitFolder(folder.path()), saved);
    }
  }

  private static RunException ended(Path path) {
    return new RunException(
        "%s holds a fit that has ended, so there is nothing to resume; 'unspool simulate --model %s --csv FILE' uses it, 'unspool fit --out %s --force' begins anew"
            .formatted(path, path, path));
  }
}
