// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.bench.task.Result;
import dev.unspool.bench.task.ResultTable;
import dev.unspool.bench.task.Setting;
import dev.unspool.bench.task.Tasks;
import dev.unspool.network.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unspool bench tasks}: a JVM for each cell, in which it learns one task after another. */
@Command(
    name = "tasks",
    header = "Measure what each built-in cell learns in equal time.",
    description = {
      "",
      "Copying, adding, a text with a known floor, and the last column of each table that is named,"
          + " all with one setting. The time is that which the processor works for the training."
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  unspool bench tasks --series examples/sunspots-monthly.csv --markdown")
final class TasksCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--series",
      paramLabel = "FILE",
      description = "A table whose last column is to be forecast; may be given several times.")
  private List<Path> series = new ArrayList<>();

  @Option(
      names = "--cell",
      paramLabel = "NAME",
      description = "A cell; may be given several times. Default: all that are built in.")
  private List<String> cells = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Processor time for each training, of which there are two to a task. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private double seconds;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How often, with other weights to begin with. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private int seeds;

  @Option(
      names = "--processors",
      paramLabel = "NUMBER",
      description = "The processor to pin everything to. Default: the first.")
  private @Nullable String processors;

  @Option(names = OwnJvm.IN_PLACE, hidden = true)
  private boolean inPlace;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--markdown", description = "Print a table as in docs/cells.md.")
  private boolean markdown;

  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private TasksCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Cell> which = which();
    Setting setting = setting();
    if (inPlace) {
      System.out.println(learn(which, setting));
      return 0;
    }
    if (json && markdown) {
      throw usage("--json and --markdown exclude each other; name one of them", null);
    }
    var pinning = Pinning.of(1, processors());
    if (!json) {
      System.out.printf("%s, %s%n%s%n", Bench.machine(), pinning.text(), setting);
    }
    try (var tasks = Tasks.open(series)) {
      tasks.require(setting); // what is wrong with the data is said before anything is measured
    }
    var jvm = new OwnJvm(pinning);
    var results = new ArrayList<Result>();
    for (Cell cell : which) {
      for (JsonElement row : jvm.ask(options(cell)).getAsJsonArray("rows")) {
        var result = Result.of(row.getAsJsonObject());
        results.add(result);
        if (!json && !markdown) {
          System.out.println(result.text());
        }
      }
    }
    if (markdown) {
      System.out.printf("%n%s%n", new ResultTable(results).markdown());
    }
    if (json) {
      System.out.println(described(setting, pinning, results));
    }
    return 0;
  }

  /** Learns in this JVM. */
  private JsonObject learn(List<Cell> which, Setting setting) throws IOException {
    var results = new ArrayList<Result>();
    try (var tasks = Tasks.open(series)) {
      which.forEach(cell -> tasks.learn(cell, setting, results::add));
    }
    var all = new JsonObject();
    all.add("rows", rows(results));
    return all;
  }

  private static JsonObject described(Setting setting, Pinning pinning, List<Result> results) {
    var all = new JsonObject();
    all.addProperty("machine", Bench.machine());
    all.addProperty("setting", setting.toString());
    all.addProperty("pinned", pinning.possible());
    all.addProperty("processors", Processors.list(pinning.processors()));
    all.add("rows", rows(results));
    return all;
  }

  private static JsonArray rows(List<Result> results) {
    var rows = new JsonArray();
    results.forEach(result -> rows.add(result.json()));
    return rows;
  }

  private List<String> options(Cell cell) {
    var options = new ArrayList<>(List.of("tasks", OwnJvm.IN_PLACE, "--cell", cell.label()));
    options.addAll(List.of("--seconds", Double.toString(seconds)));
    options.addAll(List.of("--seeds", Integer.toString(seeds)));
    series.forEach(file -> options.addAll(List.of("--series", file.toString())));
    return options;
  }

  private List<Cell> which() {
    try {
      return cells.isEmpty() ? Cell.builtIn() : cells.stream().map(Cell::named).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw usage("--cell: " + e.getMessage(), e);
    }
  }

  private Setting setting() {
    try {
      return Setting.of(seconds, seeds);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private List<Integer> processors() {
    try {
      var which = processors == null ? List.<Integer>of() : Processors.parse(processors);
      if (which.size() > 1) {
        throw new IllegalArgumentException(
            "--processors names %s processors; name one".formatted(which.size()));
      }
      return which;
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage(), e);
    }
  }

  private ParameterException usage(@Nullable String message, @Nullable Exception cause) {
    return new ParameterException(spec.commandLine(), message, cause);
  }
}
