// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitData;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.FitTraining;
import dev.unspool.cli.fit.SavedFit;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TableFormat;
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
      UnaryOperator<FitTraining> limits,
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
      UnaryOperator<FitTraining> limits,
      CommonOptions common)
      throws IOException {
    SavedFit saved = SavedFit.read(new FitFolder(path));
    if (!saved.canGoOn()) {
      throw new RunException(
          "%s holds a fit that has ended, so there is nothing to resume; 'unspool simulate --model %s --csv FILE' uses it, 'unspool fit --out %s --force' begins anew"
              .formatted(path, path, path));
    }
    FitFolder.Description description = saved.description();
    FitData data = description.data();
    FitTraining how = limits.apply(description.training());
    TableFormat written = format.format(data.format(), table != null);
    FitTask task =
        FitTask.open(
            table == null ? data : data.at(table.toString(), written), description.shape(), how);
    saved.requireSameRows(task);
    Console console = common.console();
    console.note(
        "going on from the weights of start %s, iteration %s, as the only start; a fit does not go on bit for bit"
            .formatted(saved.step().start(), saved.step().iteration()));
    try (Stop stop = Stop.onShutdown(Fit.LATE)) {
      new FitRun(task, description.shape(), how, console, stop, figures -> Fit.say(figures, common))
          .resume(saved);
      return 0;
    }
  }
}
