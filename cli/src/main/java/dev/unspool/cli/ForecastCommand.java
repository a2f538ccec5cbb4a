// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.TableModel;
import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.run.CalibratedBands;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.Table;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Combination;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
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

  /** The quantile that is the forecast itself. */
  private static final double MIDDLE = 0.5;

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
      names = "--paths",
      paramLabel = "N",
      description =
          "Of a model that says a distribution: so many sequences of drawn values show where its own"
              + " predictions may lead; 0: go on with the forecast itself. Default: 200.")
  @Nullable Integer paths;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of what is drawn. Default: 1.")
  @Nullable Long seed;

  @Option(
      names = "--band",
      paramLabel = "P",
      description =
          "Show bands in which so large a share of the rows shall lie, such as 0.9, as they were"
              + " calibrated on the run's own table. Default: none.")
  @Nullable Double band;

  @Option(
      names = "--combine",
      description =
          "Say the mean of the model and a linear autoregression, weighted for each horizon as did"
              + " best on the validation part ('combined' in the table of 'train').")
  boolean combine;

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
    TableModel model = TableModel.read(folder, config);
    CsvConfig table = model.data();
    Destination.requirePicture(plot, List.of(run), Path.of(table.file()), csv, future);
    TableFormat written = format.format(table.format(), csv != null || future != null);
    if (csv != null) {
      table = format.at(table, csv.toString(), written);
    } else {
      folder.requireData(config, "--csv FILE");
    }
    if (model.standing() != null) {
      common.console().warn("%s: %s".formatted(run, model.standing()));
    }
    List<String> targets = table.targets();
    Combination with = combine ? combination(folder) : null;
    CalibratedBands bands = band == null ? null : CalibratedBands.read(folder, band, with);
    try (Forecaster forecaster = forecaster(model, table, with)) {
      var forecast = new ArrayList<Step>();
      forecaster.notes().forEach(common.console()::note);
      CsvConfig later =
          future == null ? table : format.at(model.data(), future.toString(), written);
      if (bands != null) {
        common.console().note(bands.note());
      }
      Consumer<Step> heard = heard(forecaster, targets, forecast);
      Outputs outputs = forecaster.outputs();
      forecast(
          forecaster,
          later,
          said -> heard.accept(new Step(said, bands == null ? null : bands.around(said, outputs))));
      if (common.json) {
        common
            .console()
            .result(
                Json.pretty(
                    json(forecaster.axis(), targets, forecaster.outputs().quantiles(), forecast)));
      }
      if (plot != null) {
        draw(plot, targets.getFirst(), forecaster, forecast);
      }
      return 0;
    }
  }

  /**
   * A row of a forecast.
   *
   * @param said what the model says of it
   * @param band around that, if one is wanted
   */
  private record Step(Prediction said, Bands.@Nullable Band band) {
    long row() {
      return said.row();
    }
  }

  private Forecaster forecaster(TableModel model, CsvConfig table, @Nullable Combination with)
      throws IOException {
    Sampling sampling = sampling();
    String certain = model.certain();
    UsageException.require(
        sampling == null || certain == null,
        "%s is for models that say a distribution; %s"
            .formatted(paths != null ? "--paths" : "--seed", certain));
    Forecaster forecaster = model.forecaster(table, csv == null, sampling);
    try {
      return with == null ? forecaster : forecaster.combined(with);
    } catch (RuntimeException e) {
      forecaster.close();
      throw e;
    }
  }

  private static Combination combination(RunFolder folder) throws IOException {
    if (!Files.exists(folder.combination())) {
      throw new UsageException(
          "%s has no combined.json, so nobody knows how to weight a line; 'unspool evaluate %s --horizon 24' finds it, if there are a validation and a test part"
              .formatted(folder.path(), folder.path()));
    }
    return Combination.read(folder.combination());
  }

  private @Nullable Sampling sampling() {
    if (paths == null && seed == null) {
      return null;
    }
    UsageException.require(
        seed == null || paths == null || paths != 0,
        "--seed is for what is drawn, and --paths 0 draws nothing: leave one of them out");
    try {
      return new Sampling(
          paths != null ? paths : Sampling.DEFAULT.paths(),
          seed != null ? seed : Sampling.DEFAULT.seed());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--paths: " + e.getMessage());
    }
  }

  /**
   * What happens to each row of the forecast: it is printed at once, and kept only where it is
   * wanted again, so that a forecast may be of any length.
   */
  private Consumer<Step> heard(Forecaster forecaster, List<String> targets, List<Step> kept) {
    Consumer<Step> keep = common.json || plot != null ? kept::add : _ -> {};
    if (common.json) {
      return keep;
    }
    Console console = common.console();
    double[] resolution = forecaster.resolution();
    return step -> {
      if (step.row() == forecaster.firstRow()) {
        console.row(
            header(
                forecaster.axis(),
                targets,
                step.said().deviations() != null,
                step.band() != null,
                forecaster.outputs().quantiles()));
      }
      console.row(line(forecaster.axis(), step, resolution, forecaster.outputs().quantiles()));
      keep.accept(step);
    };
  }

  private void forecast(Forecaster forecaster, CsvConfig later, Consumer<Prediction> each)
      throws IOException {
    if (future == null) {
      forecaster.run(steps, null, each);
      return;
    }
    if (forecaster.needed().isEmpty()) {
      throw new UsageException("--future is not needed: the model predicts all that it reads");
    }
    var notes = new ArrayList<String>();
    try (Table table = forecaster.future(later, steps, notes)) {
      notes.forEach(common.console()::note);
      forecaster.run(steps, table, each);
    }
  }

  private static String header(
      @Nullable TimeAxis axis,
      List<String> targets,
      boolean withDeviations,
      boolean banded,
      List<Double> levels) {
    var header = new ArrayList<String>(axis == null ? List.of("row") : List.of("row", "time"));
    for (String target : targets) {
      header.add(CsvLine.quoted(target));
      if (withDeviations) {
        header.add(CsvLine.quoted(target + " deviation"));
      }
      for (double level : levels) {
        if (level != MIDDLE) {
          header.add(CsvLine.quoted(target + " " + Numbers.probability(level)));
        }
      }
      if (banded) {
        header.add(CsvLine.quoted(target + " lower"));
        header.add(CsvLine.quoted(target + " upper"));
      }
    }
    return String.join(",", header);
  }

  private static String line(
      @Nullable TimeAxis axis, Step step, double[] resolution, List<Double> levels) {
    var line = new StringBuilder().append(step.row());
    if (axis != null) {
      line.append(',').append(axis.label(step.row()));
    }
    double[] deviations = step.said().deviations();
    for (int i = 0; i < resolution.length; i++) {
      line.append(',').append(Numbers.decimal(step.said().values()[i], resolution[i]));
      if (deviations != null) {
        line.append(',').append(Numbers.decimal(deviations[i], resolution[i]));
      }
      for (int q = 0; q < levels.size(); q++) {
        if (levels.get(q) != MIDDLE) {
          line.append(',').append(Numbers.decimal(step.said().quantiles()[i][q], resolution[i]));
        }
      }
      if (step.band() != null) {
        line.append(',').append(unlessUnknown(step.band().lower()[i], resolution[i]));
        line.append(',').append(unlessUnknown(step.band().upper()[i], resolution[i]));
      }
    }
    return line.toString();
  }

  private static String unlessUnknown(double value, double resolution) {
    return Double.isNaN(value) ? "" : Numbers.decimal(value, resolution);
  }

  private static Map<String, Object> json(
      @Nullable TimeAxis axis, List<String> targets, List<Double> levels, List<Step> forecast) {
    var json = new LinkedHashMap<String, Object>();
    json.put("first_row", forecast.getFirst().row());
    if (axis != null) {
      json.put("times", forecast.stream().map(step -> axis.label(step.row())).toList());
    }
    json.put("targets", byTarget(targets, forecast, step -> step.said().values()));
    if (forecast.getFirst().said().deviations() != null) {
      json.put(
          "deviations",
          byTarget(targets, forecast, step -> Objects.requireNonNull(step.said().deviations())));
    }
    var quantiles = new LinkedHashMap<String, Object>();
    for (int q = 0; q < levels.size(); q++) {
      int number = q;
      quantiles.put(
          Numbers.probability(levels.get(q)),
          byTarget(
              targets,
              forecast,
              step ->
                  Arrays.stream(step.said().quantiles()).mapToDouble(of -> of[number]).toArray()));
    }
    if (!quantiles.isEmpty()) {
      json.put("quantiles", quantiles);
    }
    if (forecast.getFirst().band() != null) {
      json.put(
          "lower",
          byTarget(targets, forecast, step -> Objects.requireNonNull(step.band()).lower()));
      json.put(
          "upper",
          byTarget(targets, forecast, step -> Objects.requireNonNull(step.band()).upper()));
    }
    return json;
  }

  private static Map<String, List<@Nullable Double>> byTarget(
      List<String> targets, List<Step> forecast, Function<Step, double[]> values) {
    var columns = new LinkedHashMap<String, List<@Nullable Double>>();
    for (int i = 0; i < targets.size(); i++) {
      var column = new ArrayList<@Nullable Double>();
      for (Step step : forecast) {
        column.add(Numbers.finite(values.apply(step)[i]));
      }
      columns.put(targets.get(i), column);
    }
    return columns;
  }

  private void draw(Path png, String target, Forecaster forecaster, List<Step> forecast)
      throws IOException {
    int steps = forecast.size();
    long end = forecast.getFirst().row();
    var truthRows = new ArrayList<Long>();
    var truth = new ArrayList<Double>();
    long past = Math.max(LEAST_PAST, (long) PAST_PER_STEP * steps);
    for (long row = Math.max(0, end - past); row < end; row++) {
      truthRows.add(row);
      truth.add(forecaster.truth(row));
    }
    var rows = new ArrayList<Long>();
    var predictions = new ArrayList<Double>();
    int last = forecaster.outputs().quantiles().size() - 1;
    Charts.Band drawn =
        band != null
            ? new Charts.Band(
                "band of %s %%".formatted(Numbers.of(100 * band)),
                new ArrayList<>(),
                new ArrayList<>())
            : last < 1
                ? null
                : Charts.Band.between(
                    forecaster.outputs().quantiles().getFirst(),
                    forecaster.outputs().quantiles().getLast());
    for (Step step : forecast) {
      rows.add(step.row());
      predictions.add(step.said().values()[0]);
      if (drawn != null && step.band() != null) {
        drawn.add(step.band().lower()[0], step.band().upper()[0]);
      } else if (drawn != null) {
        drawn.add(step.said().quantiles()[0][0], step.said().quantiles()[0][last]);
      }
    }
    Picture.ask(
        png,
        () ->
            Charts.forecast(
                png,
                "Forecast of %s".formatted(Numbers.count(steps, "row")),
                target,
                forecaster.axis(),
                truthRows,
                truth,
                rows,
                predictions,
                drawn));
  }
}
