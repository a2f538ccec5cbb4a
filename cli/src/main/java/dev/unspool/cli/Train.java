// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.PlantTask;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeasonReach;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.SeriesData;
import dev.unspool.cli.run.SeriesStory;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.cli.run.TrainingRun;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.Parameters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unspool train}. */
@Command(
    name = "train",
    header = "Train a network on a table or a text.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "unspool train --csv FILE --target COLUMN [--out DIR] [OPTIONS]",
      "       unspool train --text FILE [--out DIR] [OPTIONS]",
    },
    sortOptions = false,
    optionListHeading = "%nGeneral:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool train --csv examples/sunspots-monthly.csv --target sunspots",
      "  unspool train --csv plant.csv --input y,u --target y --cell lstm --k1 1 --k2 50",
      "  unspool train --from runs/sunspots --csv newer.csv --lr 0.001",
      "  unspool train --text novel.txt --layers 2 --dropout 0.2 --max-minutes 10",
      "  unspool train --text novel.txt --tokens words --tied --hidden 256",
      "",
      "To simulate what a plant does with its inputs, 'unspool fit' is the command.",
      "Ctrl-C writes a checkpoint and ends; 'unspool resume' goes on from it.",
    })
final class Train implements Callable<Integer> {
  /** Options that say what is learned of a table or a text. */
  private static final Set<String> KEPT =
      Set.of(
          "--target",
          "--input",
          "--known",
          "--calendar",
          "--fill",
          "--gap",
          "--season",
          "--band",
          "--horizon",
          "--predict",
          "--loss",
          "--quantiles",
          "--tokens",
          "--vocabulary");

  /** Options that say which weights are the first. */
  private static final Set<String> FIRST = Set.of("--init", "--forget-bias");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for everything the run leaves. Default: runs/ and the data's name.")
  @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "RUN",
      description =
          "Begin with the best weights in this folder, which 'unspool train' or 'unspool fit' has"
              + " made, with its columns, scales and model. --csv or --text says where its data are now,"
              + " or gives other data. Default: none, it begins with random weights.")
  @Nullable Path from;

  @Option(
      names = "--renormalise",
      description =
          "With --from: scale columns by figures of the new training part. Default: by those of the"
              + " run.")
  boolean renormalise;

  @Option(names = "--force", description = "Throw away a run that is in that folder already.")
  boolean force;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "Train N runs that differ in their seed, --seed and those after it, one processor a run:"
              + " folders seed-1, seed-2 … in that of --out, and mean and deviation of the figures."
              + " Default: 1, one run in that folder itself.")
  int seeds = 1;

  @Mixin CommonOptions common = new CommonOptions();

  @Mixin LearningOptions learning = new LearningOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    UsageException.require(
        from != null || !renormalise, "--renormalise is for --from: a new run measures its scales");
    UsageException.require(seeds >= 1, "--seeds must be at least 1, found " + seeds);
    if (from != null) {
      UsageException.require(
          seeds == 1,
          "--seeds does not go with --from: they differ in the weights they begin with");
      return goOn(from);
    }
    Architecture network = learning.network.architecture(learning.data.isText());
    RunConfig config = described(network);
    Path path = out != null ? out : Path.of("runs", stem(Path.of(config.file())));
    if (seeds > 1) {
      return new TrainSeeds(path, force, common).begin(this, network);
    }
    // Before the data are read: that may take long.
    TrainSeeds.requireRoom(path, force);
    try (Prepared prepared = prepare(network, learning.training.seed)) {
      remark(prepared);
      return train(path, prepared);
    }
  }

  /**
   * A command that is not run itself.
   *
   * @param words of it
   * @param out where its results would go
   * @param err where it warns
   */
  static Train of(List<String> words, PrintWriter out, PrintWriter err) {
    var train = new Train();
    var command = new CommandLine(train);
    Choices.register(command);
    try {
      Repeats.requireOnce(command.setOut(out).setErr(err).parseArgs(words.toArray(String[]::new)));
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    return train;
  }

  /** Reads the data of a run of its own, from another seed if one is given. */
  Prepared prepare(@Nullable Long seed) throws IOException {
    Architecture own = learning.network.architecture(learning.data.isText());
    return prepare(own, seed != null ? seed : learning.training.seed);
  }

  /** What was said of the run, before its data are read. */
  private RunConfig described(Architecture network) throws IOException {
    boolean isText = learning.data.isText();
    NetworkConfig what = network.config();
    TrainingConfig how = learning.training.config(isText);
    RunConfig config =
        isText
            ? RunConfig.of(learning.data.text(), what, how)
            : RunConfig.of(learning.data.csv(), what, how);
    TrainingOptions.requireEffect(learning.training.patience, config.validates());
    return config;
  }

  /** Reads the data, and refuses what cannot be trained on them. */
  Prepared prepare(Architecture network, long seed) throws IOException {
    RunConfig config = described(network);
    Task task = null;
    try {
      RunConfig found;
      if (config.text() != null) {
        TextTask text = TextTask.open(config.text(), network);
        task = text;
        found = config.with(text.config());
      } else {
        SeriesTask series = SeriesTask.open(config.requireCsv(), network);
        task = series;
        found = config.with(series.config());
      }
      return prepared(found, task, null).withSeed(seed);
    } catch (IOException | RuntimeException | Error e) {
      if (task != null) {
        task.close();
      }
      throw e;
    }
  }

  private static Prepared prepared(RunConfig found, Task task, @Nullable Parameters first)
      throws IOException {
    if (found.network() != null) {
      requireInitialisation(found.network(), task);
    }
    TrainingRun.requirePossible(found, task); // before anything is made
    return new Prepared(found.at(Path.of(found.file())).named(), task, first);
  }

  /** Says what is to be known about data and network. */
  void remark(Prepared prepared) {
    if (prepared.task() instanceof SeriesTask series) {
      remark(series.data());
      SeasonReach.doubts(series.data(), prepared.config().depth()).forEach(common.console()::note);
    }
    NetworkConfig network = prepared.config().network();
    if (network != null) {
      remark(network);
    }
  }

  /** Begins where another run, or a fit, has ended. */
  private int goOn(Path source) throws IOException {
    From.refuse(spec, KEPT, "the columns and what they mean are those of " + source);
    From.refuse(spec, FIRST, "training begins with the weights of " + source);
    From origin = From.open(source);
    boolean isText = origin.config().text() != null;
    TrainingConfig how = learning.training.config(isText);
    Path path = out != null ? out : Path.of(From.withoutEnd(source) + "-on");
    TrainSeeds.requireRoom(path, force);
    if (origin.isPlant()) {
      return goOnWithPlant(path, origin, how);
    }
    boolean shaped = NetworkOptions.SHAPE.stream().anyMatch(given()::hasMatchedOption);
    Architecture own = origin.architecture();
    Architecture network = shaped ? learning.network.architecture(isText) : own;
    if (isText) {
      UsageException.require(
          !renormalise,
          "--renormalise does not go with a model of text, which %s is".formatted(source));
      try (TextTask task = origin.text(learning.data, network, spec)) {
        RunConfig config = RunConfig.of(task.config(), network.config(), how).from(source);
        return goOn(path, config, task, origin);
      }
    }
    CsvConfig table =
        learning.data.times.in(
            origin.table(learning.data.csv, learning.data.format(origin.csv()), spec));
    try (SeriesTask task =
        SeriesTask.anew(
            given().hasMatchedOption("--normalise") ? table.scaledBy(learning.data.scale()) : table,
            isRescaled(),
            network)) {
      remark(task.data());
      RunConfig config = RunConfig.of(task.config(), network.config(), how).from(source);
      return goOn(path, config, task, origin);
    }
  }

  private int goOn(Path path, RunConfig config, Task task, From origin) throws IOException {
    TrainingOptions.requireEffect(learning.training.patience, config.validates());
    if (config.network() != null) {
      remark(config.network());
    }
    return train(path, prepared(config, task, origin.trained(task).theta()));
  }

  private int goOnWithPlant(Path path, From origin, TrainingConfig how) throws IOException {
    Path source = origin.folder().path();
    Plant plant = origin.folder().plant(origin.config());
    From.refuse(
        spec, NetworkOptions.SHAPE, "taps and layers are those of " + source + ", a NARX model");
    if (how.sweep().gradient() == GradientKind.RTRL) {
      throw new UsageException(
          "--gradient rtrl is for networks; %s is a NARX model, whose outputs are fed back through all of its units: leave it out"
              .formatted(source));
    }
    CsvConfig table =
        learning.data.times.in(
            origin.table(learning.data.csv, learning.data.format(origin.csv()), spec));
    try (PlantTask task =
        isRescaled()
            ? PlantTask.open(
                table.measuredBy(
                    given().hasMatchedOption("--normalise")
                        ? learning.data.scale()
                        : table.normalise()),
                plant)
            : PlantTask.anew(table, plant)) {
      remark(task.skippedRows(), task.doubts());
      RunConfig config = RunConfig.of(task.config(), plant.config(), how).from(source);
      return goOn(path, config, task, origin);
    }
  }

  private CommandLine.ParseResult given() {
    return spec.commandLine().getParseResult();
  }

  private boolean isRescaled() {
    return renormalise || given().hasMatchedOption("--normalise");
  }

  private void remark(long skippedRows, List<String> doubts) {
    Console console = common.console();
    if (skippedRows > 0) {
      console.note("Left out %s".formatted(Numbers.count(skippedRows, "bad row")));
    }
    doubts.forEach(console::warn);
  }

  private void remark(SeriesData data) {
    learning.data.times.doubts(data.config()).forEach(common.console()::note);
    SeriesStory.of(data).forEach(common.console()::note);
    remark(data.table().skippedRows(), data.doubts());
    if (data.knowsNoTarget()) {
      common
          .console()
          .note(
              "No target is among the inputs, so the baseline is a constant, the middle of the training part; to simulate a plant from its inputs, 'unspool fit' is the command");
    }
  }

  /** Refuses first weights for cells that are not there. */
  private static void requireInitialisation(NetworkConfig network, Task task) {
    try {
      network.initialisation().requireFor(task.program());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--init, --forget-bias: " + e.getMessage() + ", or use --cell lstm");
    }
  }

  /** Says what does nothing. */
  private void remark(NetworkConfig network) {
    if (network.dropout() > 0 && network.layers() == 1) {
      common
          .console()
          .warn(
              "--dropout %s does nothing: it is between layers, and there is one; use --layers 2"
                  .formatted(network.dropout()));
    }
  }

  private int train(Path path, Prepared prepared) throws IOException {
    try (FolderLock _ = FolderLock.take(path, common.console());
        Stop stop = Stop.onShutdown(Training.LATE)) {
      if (SeedsFile.isIn(path)) {
        TrainSeeds.makeRoom(path, force, common.console());
      }
      RunFolder folder = RunFolder.create(path, force);
      try {
        return Training.run(
            folder,
            prepared.config(),
            prepared.task(),
            common,
            stop,
            run -> run.begin(prepared.first()));
      } catch (IOException | RuntimeException | Error e) {
        folder.withdraw(e);
        throw e;
      }
    }
  }

  /** A name for what comes of a file: without its ending, and none that stands for a folder. */
  static String stem(Path file) {
    Path name = file.getFileName();
    String whole = name == null ? "" : name.toString();
    String stem = whole.replaceFirst("\\.[^.]+$", "");
    if (!stem.matches("\\.*")) {
      return stem;
    }
    String rest = whole.replaceFirst("^\\.+", ""); // a dot stands for the folder itself
    return rest.isEmpty() ? "run" : rest;
  }
}
