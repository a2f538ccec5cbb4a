// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.NetworkFit;
import dev.unspool.cli.fit.SavedFit;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunStatus;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
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
    if (config.narx() == null) {
      return network(folder, config, table, format, limits, common);
    }
    SavedFit saved = SavedFit.read(new FitFolder(path));
    if (!saved.canGoOn()) {
      throw ended(path);
    }
    CsvConfig data = saved.config().requireCsv();
    NarxConfig shape = Objects.requireNonNull(saved.config().narx());
    FittingConfig how = limits.apply(Objects.requireNonNull(saved.config().fitting()));
    TableFormat written = format.format(data.format(), table != null);
    FitTask task =
        FitTask.open(table == null ? data : data.at(table.toString(), written), shape, how);
    saved.requireSameRows(task);
    Console console = common.console();
    console.note(
        "going on from the weights of start %s, iteration %s, as the only start; a fit does not go on bit for bit"
            .formatted(saved.step().start(), saved.step().iteration()));
    try (Stop stop = Stop.onShutdown(Fit.LATE)) {
      new FitRun(task, shape, how, console, stop, figures -> Fit.say(figures, common))
          .resume(saved);
      return 0;
    }
  }

  private static int network(
      RunFolder folder,
      RunConfig config,
      @Nullable Path table,
      FormatOptions format,
      UnaryOperator<FittingConfig> limits,
      CommonOptions common)
      throws IOException {
    Architecture architecture = folder.architecture(config);
    FitWeights saved =
        FitWeights.read(folder, config, new Network(config.spec(architecture)).parameters());
    var status = RunStatus.read(folder);
    if (saved.about().finished() && !status.canGoOn()) {
      throw ended(folder.path());
    }
    RunConfig used = format.at(config, table);
    folder.requireData(used, "--data FILE");
    Console console = common.console();
    try (SeriesTask task = SeriesTask.open(used.requireCsv(), architecture);
        Stop stop = Stop.onShutdown(Fit.LATE)) {
      task.requireUnchanged();
      FittingConfig how = limits.apply(Objects.requireNonNull(config.fitting()));
      console.note(
          "going on from the weights of iteration %s; a fit does not go on bit for bit"
              .formatted(saved.about().step().iteration()));
      new NetworkFit(task, config, how, console, stop, figures -> Fit.say(figures, common))
          .resume(new FitFolder(folder.path()), saved);
      return 0;
    }
  }

  private static RunException ended(Path path) {
    return new RunException(
        "%s holds a fit that has ended, so there is nothing to resume; 'unspool simulate --model %s --csv FILE' uses it, 'unspool fit --out %s --force' begins anew"
            .formatted(path, path, path));
  }
}
