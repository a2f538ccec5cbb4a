// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.TableModel;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.JudgementConfig;
import dev.unspool.cli.run.MappedData;
import dev.unspool.cli.run.Reach;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool evaluate}. */
@Command(
    name = "evaluate",
    header = "Say how well a trained model does on the held-out parts, or on other data.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool evaluate runs/sunspots",
      "  unspool evaluate runs/sunspots --csv newer.csv --json",
      "  unspool evaluate runs/novel --text sequel.txt",
    })
final class Evaluate implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  Path run = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Where the run's own table or text is, if it was moved. Default: where it was.")
  @Nullable Path data;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "All rows of another table. Default: the held-out parts of the run's own.")
  @Nullable Path csv;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "All of another text. Default: the held-out parts of the run's own.")
  @Nullable Path text;

  @Option(
      names = "--horizon",
      paramLabel = "N",
      description =
          "Judge forecasts of 1 to N rows ahead from many origins in the test part, beside"
              + " persistence, seasonal persistence and a linear autoregression. The folder's bands,"
              + " predictions.csv and horizons.png are made anew. Default: as at the end of training.")
  @Nullable String horizon;

  @Mixin JudgementOptions judged = new JudgementOptions();

  @Mixin FormatOptions format = new FormatOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    Path other = other(config);
    RunConfig used = used(config, other);
    if (other == null) {
      folder.requireData(used, "--data FILE");
    }
    try (Stop stop = Stop.onRequest()) {
      print(
          used.csv() != null
              ? ofTable(folder, config, used.csv(), other == null, stop)
              : ofText(folder, used, other == null, stop));
      return 0;
    }
  }

  private Figures ofTable(
      RunFolder folder, RunConfig config, CsvConfig table, boolean own, Stop stop)
      throws IOException {
    TableModel model = TableModel.read(folder, config);
    if (model.standing() != null) {
      common.console().warn("%s: %s".formatted(run, model.standing()));
    }
    if (horizon == null && !judged.isGiven()) {
      return model.evaluate(table, own, stop);
    }
    if (!own) {
      throw new UsageException(
          "--horizon, --season and --band are for the held-out parts of the run's own table: leave out --csv");
    }
    Integer longest = horizon == null ? null : rows(horizon);
    JudgementConfig how = judged.changed(table.judged(), longest);
    Console console = common.console();
    try (FolderLock _ = FolderLock.take(run, console)) {
      Figures figures = model.evaluate(table, how, folder, console::note, stop);
      String shorter = longest == null ? null : Reach.shorter(table, figures, longest);
      if (shorter != null) {
        console.note(shorter);
      }
      return figures;
    }
  }

  private static int rows(String horizon) {
    UsageException.require(
        horizon.matches("[0-9]{1,9}"),
        "--horizon is '%s', expected one number of rows, such as 24: forecasts of all rows ahead from 1 to that are judged"
            .formatted(horizon));
    return Integer.parseInt(horizon);
  }

  private static Figures ofText(RunFolder folder, RunConfig used, boolean own, Stop stop)
      throws IOException {
    try (TextTask task =
        TextTask.open(
            Objects.requireNonNull(used.text()), folder.architecture(used), folder.vocabulary())) {
      if (own) {
        task.requireUnchanged();
      }
      TrainedModel model = TrainedModel.read(folder, used, task.program());
      return MappedData.read(
          used,
          () -> own ? task.figures(model.theta(), stop) : task.figuresOfAll(model.theta(), stop));
    }
  }

  private RunConfig used(RunConfig config, @Nullable Path other) {
    return format.at(config, other != null ? other : data);
  }

  private @Nullable Path other(RunConfig config) {
    if (config.csv() == null && csv != null) {
      throw new UsageException(
          "%s is a model of text, and --csv is for tables; use --text FILE".formatted(run));
    }
    if (config.csv() != null && text != null) {
      throw new UsageException(
          "%s is a model of a table, and --text is for texts; use --csv FILE".formatted(run));
    }
    if (data != null && (csv != null || text != null)) {
      throw new UsageException(
          "--data is where the run's own data are, and excludes other data: leave out %s"
              .formatted(csv != null ? "--csv" : "--text"));
    }
    if (config.csv() == null && (horizon != null || judged.isGiven())) {
      throw new UsageException(
          "--horizon, --season and --band are for forecasts, and %s is a model of text"
              .formatted(run));
    }
    return csv != null ? csv : text;
  }

  private void print(Figures figures) {
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(figures));
      return;
    }
    if (figures.describe().isEmpty()) {
      console.result("nothing is held out: the run has neither a validation nor a test part");
    }
    figures.describe().forEach(console::result);
  }
}
