// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitData;
import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTable;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.FitTraining;
import dev.unspool.cli.fit.ModelShape;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unspool fit}. */
@Command(
    name = "fit",
    header = "Identify a plant: fit a model that simulates its answer to given inputs.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "unspool fit --csv FILE --input COLUMN --target COLUMN [--out DIR] [OPTIONS]",
    },
    description = {
      "",
      "By default a NARX model: tanh units that see the newest inputs and the model's own newest"
          + " outputs, fitted in closed loop by Levenberg-Marquardt. Every figure is of a free run, in"
          + " which only the rows of the longest delay are taken from the measurement (--initial).",
    },
    sortOptions = false,
    optionListHeading = "%nGeneral:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool fit --csv plant.csv --input u --target y",
      "  unspool fit --csv plant.csv --input u1,u2 --target y1,y2 --hidden 6,6 --out runs/plant",
      "  unspool fit --csv fit.csv --test-csv check.csv --input u --target y --cell lstm",
      "  unspool fit --csv plant.csv --input u --target y --input-delays 1-10 --output-delays none",
      "",
      "The model can then be used: unspool simulate --model runs/plant-fit --csv inputs.csv",
    })
final class Fit implements Callable<Integer> {
  /** What a fit leaves that cannot be stopped in time. */
  static final String LATE = "the folder may lack figures; it holds the best model so far";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for the model, figures and pictures. Default: runs/ and the data's name with"
              + " -fit.")
  @Nullable Path out;

  @Option(names = "--force", description = "Throw away what is in that folder already.")
  boolean force;

  @Mixin CommonOptions common = new CommonOptions();

  @ArgGroup(validate = false, heading = "%nData:%n", order = 1)
  FitDataOptions data = new FitDataOptions();

  @ArgGroup(validate = false, heading = "%nModel:%n", order = 2)
  FitModelOptions model = new FitModelOptions();

  @ArgGroup(validate = false, heading = "%nFitting:%n", order = 3)
  FitTrainingOptions fitting = new FitTrainingOptions();

  @Override
  public Integer call() throws IOException {
    FitData what = data.data();
    ModelShape shape = model.shape();
    FitTraining how = fitting.training(shape);
    Path path = out != null ? out : Path.of("runs", Train.stem(Path.of(what.csv())) + "-fit");
    var place = new FitFolder(path);
    place.requireFree(force);
    place.requirePossible();
    FitTask task = FitTask.open(what, shape, how);
    Console console = common.console();
    try (FolderLock _ = FolderLock.take(path, console);
        Stop stop = Stop.onShutdown(LATE)) {
      place.requireFree(force); // another process may have been quicker
      new FitRun(task, shape, how, console, stop, figures -> say(figures, common))
          .run(() -> FitFolder.create(path, force));
      return 0;
    }
  }

  /** Says what a fit came to. */
  static void say(FitFigures figures, CommonOptions common) {
    Console console = common.console();
    if (common.json) {
      console.result(figures.json());
    } else {
      FitTable.of(figures).forEach(console::result);
    }
  }
}
