// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.report.TextTable;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import dev.unspool.cli.run.RunSummary;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool compare}. */
@Command(
    name = "compare",
    header = "Put runs side by side: the settings in which they differ, their figures, their time.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool compare runs/gru runs/lstm",
      "  unspool compare runs/* --plot compare.png",
    })
final class Compare implements Callable<Integer> {
  private static final String NONE = "-";

  /** Settings of the data on which figures depend, whatever the model. */
  private static final Pattern JUDGED =
      Pattern.compile("file|targets|horizon|tokens|vocabulary|valid|test|rows");

  /** Settings that change nothing but what is said and kept meanwhile. */
  private static final Pattern IDLE = Pattern.compile("(report|checkpoint) .*|threads");

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "Folders that 'unspool train' or 'unspool fit' made, two or more.")
  List<Path> runs = List.of();

  @Option(
      names = "--plot",
      paramLabel = "PNG",
      description = "Draw the validation losses of the runs into one picture.")
  @Nullable Path plot;

  @Mixin CommonOptions common = new CommonOptions();

  /** What is printed with {@code --json}. */
  private record Comparison(List<RunSettings.Difference> differences, List<Compared> runs) {}

  private record Compared(
      String folder,
      @Nullable Long parameters,
      @Nullable Long updates,
      @Nullable Double seconds,
      @Nullable Double validationLoss,
      Map<String, Double> figures) {}

  @Override
  public Integer call() throws IOException {
    if (runs.size() < 2) {
      throw new UsageException("one run is nothing to compare; give two or more");
    }
    if (new LinkedHashSet<>(runs).size() < runs.size()) {
      throw new UsageException("a run is given twice; each is compared once");
    }
    Destination.requirePicture(plot, List.of());
    var folders = new ArrayList<RunFolder>();
    var summaries = new ArrayList<RunSummary>();
    for (Path run : runs) {
      RunFolder folder = RunFolder.open(run);
      folders.add(folder);
      summaries.add(RunSummary.read(folder));
    }
    Destination.requirePicture(plot, runs);
    Map<String, String> losses = losses(folders, summaries);
    List<RunSettings.Difference> differences =
        RunSettings.differences(summaries.stream().map(RunSummary::settings).toList()).stream()
            .filter(difference -> !IDLE.matcher(difference.name()).matches())
            .toList();
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(new Comparison(differences, compared(summaries))));
    } else {
      table(differences, summaries).forEach(console::result);
    }
    if (differences.stream().anyMatch(Compare::changesWhatIsJudged)) {
      console.note(
          "The runs are judged on different data or targets: their figures do not compare");
    } else if (new LinkedHashSet<>(losses.values()).size() > 1) {
      console.note(
          "The validation losses are of different things and do not compare, the figures of the parts do: "
              + losses.entrySet().stream()
                  .map(loss -> "%s has %s".formatted(loss.getKey(), loss.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    if (plot != null) {
      draw(plot, folders, summaries);
    }
    return 0;
  }

  private static boolean changesWhatIsJudged(RunSettings.Difference difference) {
    return difference.group().equals("data") && JUDGED.matcher(difference.name()).find();
  }

  /** What the validation loss of each run that has one is of, by the run's name. */
  private static Map<String, String> losses(List<RunFolder> folders, List<RunSummary> runs)
      throws IOException {
    var losses = new LinkedHashMap<String, String>();
    List<String> names = names(runs);
    for (int i = 0; i < names.size(); i++) {
      CsvConfig table = folders.get(i).readConfig().csv();
      if (table != null && runs.get(i).validationLoss() != null) {
        losses.put(
            names.get(i),
            "%s of %s, scaled %s"
                .formatted(word(table.loss()), table.predicted(), word(table.normalise())));
      }
    }
    return losses;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static List<Compared> compared(List<RunSummary> summaries) {
    return summaries.stream()
        .map(
            run ->
                new Compared(
                    run.folder(),
                    run.parameters(),
                    run.updates(),
                    run.seconds(),
                    run.validationLoss(),
                    run.figures()))
        .toList();
  }

  private List<String> table(List<RunSettings.Difference> differences, List<RunSummary> runs) {
    var table = new TextTable();
    var names = new ArrayList<>(List.of(""));
    names.addAll(names(runs));
    table.add(names);
    for (RunSettings.Difference difference : differences) {
      var row = new ArrayList<>(List.of("%s %s".formatted(difference.group(), difference.name())));
      difference.values().forEach(value -> row.add(Objects.requireNonNullElse(value, NONE)));
      table.add(row);
    }
    add(table, runs, "parameters", run -> text(run.parameters()));
    add(table, runs, "updates", run -> text(run.updates()));
    add(table, runs, "time", run -> run.seconds() == null ? null : Numbers.duration(run.seconds()));
    add(table, runs, "validation loss", run -> number(run.validationLoss()));
    var figures = new LinkedHashMap<String, Boolean>();
    runs.forEach(run -> run.figures().keySet().forEach(name -> figures.put(name, true)));
    figures
        .keySet()
        .forEach(name -> add(table, runs, name, run -> number(run.figures().get(name))));
    return table.lines();
  }

  private static void add(
      TextTable table,
      List<RunSummary> runs,
      String name,
      Function<RunSummary, @Nullable String> value) {
    var row = new ArrayList<>(List.of(name));
    runs.forEach(run -> row.add(Objects.requireNonNullElse(value.apply(run), NONE)));
    if (row.subList(1, row.size()).stream().anyMatch(cell -> !cell.equals(NONE))) {
      table.add(row);
    }
  }

  private static @Nullable String number(@Nullable Double value) {
    return value == null ? null : Numbers.of(value);
  }

  private static @Nullable String text(@Nullable Long value) {
    return value == null ? null : value.toString();
  }

  /** The names of the folders, or their paths where these do not tell them apart. */
  private static List<String> names(List<RunSummary> runs) {
    List<String> last =
        runs.stream()
            .map(
                run ->
                    String.valueOf(
                        Path.of(run.folder()).toAbsolutePath().normalize().getFileName()))
            .toList();
    boolean distinct = new LinkedHashSet<>(last).size() == last.size();
    return distinct ? last : runs.stream().map(RunSummary::folder).toList();
  }

  private static void draw(Path png, List<RunFolder> folders, List<RunSummary> runs)
      throws IOException {
    List<String> names = names(runs);
    var curves = new ArrayList<Charts.Losses>();
    for (int i = 0; i < runs.size(); i++) {
      curves.add(new Charts.Losses(legend(names.get(i), runs.get(i)), folders.get(i).log()));
    }
    Picture.ask(png, () -> Charts.losses(png, curves));
  }

  /** The name, and the figure that people look for first: the last error of the test part. */
  private static String legend(String name, RunSummary run) {
    for (String figure : List.of("test rmse", "test nats per token", "validation rmse")) {
      Double value = run.figures().get(figure);
      if (value != null) {
        return "%s (%s %s)".formatted(name, figure, Numbers.of(value));
      }
    }
    return run.validationLoss() == null
        ? name
        : "%s (%s)".formatted(name, Numbers.of(run.validationLoss()));
  }
}
