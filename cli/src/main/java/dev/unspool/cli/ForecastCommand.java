// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool forecast}. */
@Command(
    name = "forecast",
    header = "Predict the rows after the end of a table, feeding predictions back.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool forecast runs/sunspots --steps 24 --plot next.png",
      "  unspool forecast runs/sunspots --steps 12 --csv newer.csv --json",
      "  unspool forecast runs/plant --steps 100 --future inputs.csv",
    })
final class ForecastCommand implements Callable<Integer> {
  private static final int PAST_PER_STEP = 5;
  private static final int LEAST_PAST = 100;

  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  Path run = Path.of("");

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Rows to predict. Default: ${DEFAULT-VALUE}.",
      defaultValue = "12")
  int steps;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Go on from the end of this table. Default: the run's own.")
  @Nullable Path csv;

  @Option(
      names = "--future",
      paramLabel = "FILE",
      description = "The next rows of those inputs that the model does not predict.")
  @Nullable Path future;

  @Option(
      names = "--plot",
      paramLabel = "PNG",
      description = "Draw the first target's newest rows and its forecast.")
  @Nullable Path plot;

  @Mixin FormatOptions format = new FormatOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw new UsageException("--steps must be at least 1, found " + steps);
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    CsvConfig table = config.csv();
    if (table == null) {
      throw new UsageException("%s is a model of text; use 'unspool generate'".formatted(run));
    }
    TableFormat written = format.format(table.format(), csv != null || future != null);
    if (csv != null) {
      table = table.at(csv.toString(), written);
    } else {
      folder.requireData(config, "--csv FILE");
    }
    try (SeriesTask task = SeriesTask.open(table, config.network())) {
      if (csv == null) {
        task.requireUnchanged();
      }
      TrainedModel model = TrainedModel.read(folder, config, task);
      var forecaster = new Forecaster(task, model.network(), model.theta());
      Forecaster.Result forecast = forecast(forecaster, written);
      print(forecast);
      if (plot != null) {
        draw(plot, task, forecast);
      }
      return 0;
    }
  }

  private Forecaster.Result forecast(Forecaster forecaster, TableFormat written)
      throws IOException {
    if (future == null) {
      return forecaster.run(steps, null);
    }
    if (forecaster.needed().isEmpty()) {
      throw new UsageException("--future is not needed: the model predicts all that it reads");
    }
    try (Table table = written.open(future, forecaster.needed()).read(forecaster.needed())) {
      return forecaster.run(steps, table);
    }
  }

  private void print(Forecaster.Result forecast) {
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(json(forecast)));
      return;
    }
    double[][] deviations = forecast.deviations();
    var header = new ArrayList<String>(List.of("row"));
    for (String target : forecast.targets()) {
      header.add(CsvLine.quoted(target));
      if (deviations != null) {
        header.add(CsvLine.quoted(target + " deviation"));
      }
    }
    console.row(String.join(",", header));
    for (int step = 0; step < forecast.values().length; step++) {
      var line = new StringBuilder().append(forecast.firstRow() + step);
      for (int i = 0; i < forecast.targets().size(); i++) {
        double resolution = forecast.resolution()[i];
        line.append(',').append(Numbers.decimal(forecast.values()[step][i], resolution));
        if (deviations != null) {
          line.append(',').append(Numbers.decimal(deviations[step][i], resolution));
        }
      }
      console.row(line.toString());
    }
  }

  private static Map<String, Object> json(Forecaster.Result forecast) {
    var json = new LinkedHashMap<String, Object>();
    json.put("first_row", forecast.firstRow());
    json.put("targets", byTarget(forecast.targets(), forecast.values()));
    double[][] deviations = forecast.deviations();
    if (deviations != null) {
      json.put("deviations", byTarget(forecast.targets(), deviations));
    }
    return json;
  }

  private static Map<String, List<@Nullable Double>> byTarget(
      List<String> targets, double[][] values) {
    var columns = new LinkedHashMap<String, List<@Nullable Double>>();
    for (int i = 0; i < targets.size(); i++) {
      var column = new ArrayList<@Nullable Double>();
      for (double[] row : values) {
        column.add(Numbers.finite(row[i]));
      }
      columns.put(targets.get(i), column);
    }
    return columns;
  }

  private static void draw(Path png, SeriesTask task, Forecaster.Result forecast)
      throws IOException {
    int steps = forecast.values().length;
    long end = forecast.firstRow();
    var truthRows = new ArrayList<Long>();
    var truth = new ArrayList<Double>();
    long past = Math.max(LEAST_PAST, (long) PAST_PER_STEP * steps);
    for (long row = Math.max(0, end - past); row < end; row++) {
      truthRows.add(row);
      truth.add(task.truth(row, 0));
    }
    var rows = new ArrayList<Long>();
    var predictions = new ArrayList<Double>();
    for (int step = 0; step < steps; step++) {
      rows.add(end + step);
      predictions.add(forecast.values()[step][0]);
    }
    Charts.forecast(
        png,
        "Forecast of %s".formatted(Numbers.count(steps, "row")),
        forecast.targets().getFirst(),
        truthRows,
        truth,
        rows,
        predictions);
  }
}
