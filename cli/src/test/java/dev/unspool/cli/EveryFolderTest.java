// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every command works on every folder that holds a model of a table, whoever made it. */
final class EveryFolderTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  /** What made the folder. */
  enum Kind {
    SERIES("driven", "force,driven"),
    SOFT_SENSOR("driven", "force"),
    FINISHED("driven", "force,driven"),
    GONE_ON("driven", "force"),
    PLANT("driven", "force"),
    PLANT_WITH_STATE("driven", "force"),
    PLANT_WITHOUT_DELAYS("driven", "force"),
    PLANT_GONE_ON("driven", "force"),
    PLANT_TRAINED("driven", "force"),
    PLANT_WITH_STATE_TRAINED("driven", "force"),
    PLANT_TRAINED_AND_FINISHED("driven", "force");

    final String target;
    final String input;

    Kind(String target, String input) {
      this.target = target;
      this.input = input;
    }

    void make(Path table, Path run) {
      Path begun = run.resolveSibling(run.getFileName() + "-begun");
      switch (this) {
        case FINISHED -> finish(SERIES, table, begun, run);
        case GONE_ON -> goOn(SERIES, table, begun, run);
        case PLANT_GONE_ON -> finish(PLANT, table, begun, run);
        case PLANT_TRAINED -> goOn(PLANT, table, begun, run);
        case PLANT_WITH_STATE_TRAINED -> goOn(PLANT_WITH_STATE, table, begun, run);
        case PLANT_TRAINED_AND_FINISHED -> finish(PLANT_TRAINED, table, begun, run);
        default -> succeeds(words(table, run, input));
      }
    }

    private static void goOn(Kind from, Path table, Path begun, Path run) {
      from.make(table, begun);
      succeeds("train", "--from", begun, "--out", run, "--epochs", "2");
    }

    private static void finish(Kind from, Path table, Path begun, Path run) {
      from.make(table, begun);
      succeeds("fit", "--from", begun, "--out", run, "--iterations", "4");
    }

    private Object[] words(Path table, Path run, String input) {
      Object[] data = {"--csv", table, "--target", target, "--input", input, "--out", run};
      return switch (this) {
        case SERIES, SOFT_SENSOR ->
            TinyData.changed(quick(TinyData.joined("train", data)), "--hidden 3");
        case PLANT -> fit(data, "--hidden 2");
        case PLANT_WITH_STATE -> fit(data, "--cell gru --hidden 2 --output-delays 1");
        case PLANT_WITHOUT_DELAYS ->
            fit(data, "--hidden 2 --input-delays 0 --output-delays none --initial zero");
        default -> throw new AssertionError(this + " goes on from another");
      };
    }

    private static Object[] fit(Object[] data, String more) {
      return TinyData.changed(TinyData.joined("fit", data), "--iterations 4 --starts 1 " + more);
    }
  }

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private Path rows(String name, int from, int to, String... columns) throws IOException {
    List<String> all = Files.readAllLines(TinyData.table(folder.resolve("all.csv"), 260));
    List<String> header = List.of(all.getFirst().split(",", -1));
    var lines = new ArrayList<String>(List.of(String.join(",", columns)));
    for (String line : all.subList(1 + from, 1 + to)) {
      String[] fields = line.split(",", -1);
      lines.add(
          String.join(",", List.of(columns).stream().map(c -> fields[header.indexOf(c)]).toList()));
    }
    return Files.write(folder.resolve(name), lines);
  }

  @ParameterizedTest
  @EnumSource
  void everyCommandUsesIt(Kind kind) throws IOException {
    kind.make(table, run);
    assertTrue(Files.exists(run.resolve("config.json")));
    assertTrue(
        Safetensors.read(run.resolve("best.safetensors")).tensors().size() > 0, "weights by name");
    String info = succeeds("info", run).out();
    assertTrue(info.contains("driven from " + kind.input.replace(",", ", ")), info);
    assertTrue(succeeds("info", run, "--json").json().has("config"), info);

    JsonObject figures = succeeds("evaluate", run, "--json").json();
    JsonObject test = CommandRun.json(Files.readString(run.resolve("metrics.json")));
    for (String part : List.of("test", "valid")) {
      assertEquals(
          test.getAsJsonObject(part).get("rmse"),
          figures.getAsJsonObject(part).get("rmse"),
          "what was said at its end is what is found again: " + part);
    }
    assertTrue(succeeds("evaluate", run).out().contains("test"), "for people");
    Path other = rows("other.csv", 100, 240, "force", "driven");
    assertTrue(succeeds("evaluate", run, "--csv", other, "--json").json().has("all"));

    Path future = rows("future.csv", 200, 210, "force");
    CommandRun forecast = succeeds("forecast", run, "--steps", 10, "--future", future);
    assertEquals("row,driven", forecast.out().lines().findFirst().orElseThrow());
    assertEquals(11, forecast.out().lines().count());
    assertTrue(forecast.out().contains("\n200,"), forecast.out());
    Path png = folder.resolve("next.png");
    JsonObject json =
        succeeds("forecast", run, "--steps", 10, "--future", future, "--json", "--plot", png)
            .json();
    assertEquals(10, json.getAsJsonObject("targets").getAsJsonArray("driven").size());
    assertTrue(Files.size(png) > 0);
    assertTrue(
        CommandRun.fails(2, "forecast", run, "--steps", 10).contains("--future FILE"), "asked for");

    Path graph = folder.resolve("model.onnx");
    CommandRun named = succeeds("export", run, "--onnx", graph);
    assertTrue(Files.size(graph) > 0);
    assertTrue(named.out().startsWith("x[0] = force\n"), named.out());
    assertTrue(named.out().contains("y[0][0] = driven"), named.out());
    CommandRun export = succeeds("export", run, "--raw", "--onnx", graph);
    assertTrue(Files.size(graph) > 0);
    assertTrue(export.out().contains("x[0] = (force − "), export.out());
    assertTrue(export.out().contains("driven = "), export.out());
    assertTrue(succeeds("export", run, "--raw", "--onnx", graph, "--json").json().has("scaling"));

    JsonObject simulated = succeeds("simulate", "--model", run, "--csv", other, "--json").json();
    assertTrue(simulated.has("rmse"), simulated::toString);
    int first = simulated.get("first_row").getAsInt();
    assertEquals(140 - first, simulated.getAsJsonObject("targets").getAsJsonArray("driven").size());
    succeeds("simulate", "--model", run, "--csv", other, "--plot", png);
  }

  @ParameterizedTest
  @EnumSource
  void itMayBeMovedWithItsTable(Kind kind) throws IOException {
    kind.make(table, run);
    String before = succeeds("evaluate", run).out();
    Path moved = Files.move(run, folder.resolve("moved"));
    Path data = Files.move(table, folder.resolve("data.csv"));
    assertTrue(CommandRun.fails(1, "evaluate", moved).contains("--data FILE"));
    assertEquals(before, succeeds("evaluate", moved, "--data", data).out());
    succeeds("info", moved);
    Path future = rows("future.csv", 200, 202, "force");
    succeeds("forecast", moved, "--steps", 2, "--csv", data, "--future", future);
    Path other = TinyData.table(folder.resolve("longer.csv"), 201);
    String line = CommandRun.fails(1, "evaluate", moved, "--data", other);
    assertTrue(line.contains("longer.csv"), line);
  }
}
