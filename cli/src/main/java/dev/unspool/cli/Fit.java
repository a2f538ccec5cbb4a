// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTable;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.NetworkFit;
import dev.unspool.cli.fit.SavedPlant;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unspool fit}. */
@Command(
    name = "fit",
    header = "Identify a plant: fit a model that simulates its answer to given inputs.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "unspool fit --csv FILE --input COLUMN --target COLUMN [--out DIR] [OPTIONS]",
      "unspool fit --from RUN [--out DIR] [OPTIONS]",
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
      "  unspool fit --from runs/plant --iterations 200",
      "  unspool fit --from runs/plant-fit --csv newer.csv --out runs/newer-fit",
      "",
      "The model can then be used: unspool simulate --model runs/plant-fit --csv inputs.csv",
    })
final class Fit implements Callable<Integer> {
  /** What a fit leaves that cannot be stopped in time. */
  static final String LATE = "the folder may lack figures; it holds the best model so far";

  /** Options that say what a model is, and how a new one begins. */
  private static final Set<String> UNUSED =
      Set.of(
          "--input",
          "--target",
          "--test-csv",
          "--normalise",
          "--hidden",
          "--cell",
          "--input-delays",
          "--output-delays",
          "--internal-delays",
          "--starts",
          "--start-iterations");

  /** Options that are for NARX models, whose fits may change them. */
  private static final Set<String> FREE_RUNS = Set.of("--training", "--initial");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for the model, figures and pictures. Default: runs/ and the data's name with"
              + " -fit; with --from that folder's name with -fit.")
  @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "RUN",
      description =
          "Go on with the model in this folder, which 'unspool train' or 'unspool fit' has made: its"
              + " weights, columns, scales and table. --csv says where the table is now, or gives another one. Default: none, it begins with random weights.")
  @Nullable Path from;

  @Option(names = "--force", description = "Throw away what is in that folder already.")
  boolean force;

  @Mixin CommonOptions common = new CommonOptions();

  @ArgGroup(validate = false, heading = "%nData:%n", order = 1)
  FitDataOptions data = new FitDataOptions();

  @ArgGroup(validate = false, heading = "%nModel:%n", order = 2)
  FitModelOptions model = new FitModelOptions();

  @ArgGroup(validate = false, heading = "%nFitting:%n", order = 3)
  FitTrainingOptions fitting = new FitTrainingOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (from != null) {
      return finish(from);
    }
    CsvConfig what = data.data();
    TrainingOptions.requireEffect(fitting.patience, what.valid() > 0);
    Plant plant = fitting.run(model.plant());
    FittingConfig how = fitting.fitting(plant.config());
    Path path = out != null ? out : Path.of("runs", Train.stem(Path.of(what.file())) + "-fit");
    var place = new FitFolder(path);
    place.requireFree(force);
    place.requirePossible();
    data.doubts(what).forEach(common.console()::note);
    return fit(place, FitTask.open(what, plant), how, null);
  }

  private int fit(FitFolder place, FitTask task, FittingConfig how, @Nullable SavedPlant begun)
      throws IOException {
    Console console = common.console();
    String time = task.time();
    if (time != null) {
      console.note(time);
    }
    try (FolderLock _ = FolderLock.take(place.path(), console);
        Stop stop = Stop.onShutdown(LATE)) {
      place.requireFree(force); // another process may have been quicker
      var run = new FitRun(task, how, console, stop, figures -> say(figures, common));
      FitRun.Place made = () -> FitFolder.create(place.path(), force);
      if (begun == null) {
        run.run(made);
      } else {
        run.run(made, begun);
      }
      return 0;
    }
  }

  private int finish(Path source) throws IOException {
    From.refuse(spec, UNUSED, "the model, its columns and their scales are those of " + source);
    From origin = From.table(source);
    boolean plant = origin.isPlant();
    if (!plant) {
      From.refuse(spec, FREE_RUNS, source + " is a network, and judged as it was trained");
    }
    CsvConfig table = data.in(origin.table(data.csv, data.format(origin.csv()), spec));
    TrainingOptions.requireEffect(fitting.patience, table.valid() > 0);
    Path path = out != null ? out : Path.of(From.withoutEnd(source) + "-fit");
    var place = new FitFolder(path);
    place.requireFree(force);
    place.requirePossible();
    if (plant) {
      return finish(SavedPlant.read(origin.folder()), table, place);
    }
    if (table.gaps() != null && table.gaps().gap() >= 0) {
      throw new UsageException(
          "%s begins its sequences anew after gaps (--gap), which a fit does not; go on with 'unspool train --from %s'"
              .formatted(source, source));
    }
    FittingConfig how = fitting.finishing(origin.config().depth());
    try (SeriesTask task = SeriesTask.anew(table, false, origin.architecture());
        FolderLock _ = FolderLock.take(path, common.console());
        Stop stop = Stop.onShutdown(LATE)) {
      place.requireFree(force);
      RunConfig config =
          RunConfig.of(task.config(), origin.config().requireNetwork(), how, source)
              .at(Path.of(table.file()))
              .named();
      new NetworkFit(task, config, common.console(), stop, figures -> say(figures, common))
          .run(() -> FitFolder.create(path, force), origin.trained(task).weights());
      return 0;
    }
  }

  private int finish(SavedPlant begun, CsvConfig table, FitFolder place) throws IOException {
    if (table.testFile() != null && table.test() > 0) {
      throw new UsageException(
          "--test does not go with --from %s, which is judged on a table of its own: %s"
              .formatted(begun.folder().path(), table.testFile()));
    }
    Plant plant = fitting.run(begun.plant());
    FittingConfig how = fitting.finishing(plant.config(), begun.config().depth());
    return fit(place, FitTask.anew(table, plant), how, begun);
  }

  /** Says what the fit of a network came to. */
  static void say(Figures figures, CommonOptions common) {
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(figures));
    } else {
      figures.describe().forEach(console::result);
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
