// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A network and a plant as format 3 left them, and folders of versions that knew no decimal commas,
 * no robust scale and no MAE, no options for checkpoints and for the first weights, no checksums,
 * no names of runs and no count of reports.
 */
final class OldRunTest {
  @TempDir Path folder;

  @Test
  void theFiguresOfOldRunsAreRead() throws IOException {
    Path run = folder.resolve("run");
    succeeds(train("table", run));
    Path old = old(run);
    Files.writeString(
        old.resolve("metrics.json"),
        "{\"test\":{\"rmse\":1.5,\"persistence_rmse\":2.0,\"rows\":40,\"targets\":"
            + "{\"wave\":{\"rmse\":1.5,\"persistence_rmse\":2.0}}}}");
    assertTrue(
        succeeds("info", old).out().contains("test RMSE 1.5, 25.0 % below persistence (2)"),
        "figures without MAE");
    succeeds("resume", old);
    assertEquals(
        Files.readString(run.resolve("metrics.json")),
        Files.readString(old.resolve("metrics.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "bytes", "words"})
  void anOldRunGoesOnAsIfItHadNeverStopped(String kind) throws IOException {
    Path whole = folder.resolve("whole");
    succeeds(train(kind, whole));
    Path part = folder.resolve("part");
    succeeds(TinyData.changed(train(kind, part), "--epochs 1"));
    Path old = old(part);
    succeeds("info", old);
    succeeds("evaluate", old);
    if (kind.equals("table")) {
      succeeds("forecast", old);
    } else {
      succeeds("generate", old, "--length", 3);
    }
    succeeds("resume", old, "--epochs", 3);
    assertEquals(
        Files.readString(whole.resolve("metrics.json")),
        Files.readString(old.resolve("metrics.json")));
    assertEquals(updates(whole), updates(old));
    JsonObject config = CommandRun.json(Files.readString(old.resolve("config.json")));
    assertEquals(4, config.get("format").getAsInt(), "today's");
    JsonObject report = config.getAsJsonObject("training").getAsJsonObject("report");
    assertEquals(Defaults.CHECKPOINT_EVERY, report.get("checkpoint_every").getAsDouble());
    assertEquals(0, report.get("checkpoint_updates").getAsLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "plant"})
  void aFolderOfFormatThreeIsJudgedAsItWasThen(String kind) throws IOException {
    Path old = formatThree(kind);
    String line = CommandRun.fails(1, "evaluate", old);
    assertTrue(line.contains("/data/table.csv"), line);
    JsonObject then = CommandRun.json(Files.readString(old.resolve("metrics.json")));
    JsonObject now = succeeds("evaluate", old, "--data", table(), "--json").json();
    for (String part : List.of("valid", "test")) {
      for (String figure : List.of("rmse", "mae")) {
        assertEquals(figure(then, part, figure), figure(now, part, figure), 1e-5);
      }
    }
  }

  @Test
  void aFolderOfFormatThreeForecastsWhatItDidThen() throws IOException {
    JsonObject wave = forecast("network", "--paths", 0);
    assertForecast(wave, "targets", "wave", 4.85331449, 4.99480793, 5.14385005);
    assertForecast(wave, "deviations", "wave", 0.27074972, 0.28737643, 0.29542213);
    JsonObject driven = forecast("plant");
    assertForecast(driven, "targets", "driven", -0.200931477, 0.613411509);
  }

  @Test
  void aTrainingOfFormatThreeIsGoneOnWith() throws IOException {
    Path old = formatThree("network");
    succeeds("resume", old, "--data", table(), "--epochs", 3);
    JsonObject figures = CommandRun.json(Files.readString(old.resolve("metrics.json")));
    assertEquals(0.2889719936785596, figure(figures, "test", "rmse"), 1e-5);
    JsonObject config = CommandRun.json(Files.readString(old.resolve("config.json")));
    assertEquals(4, config.get("format").getAsInt());
    assertEquals("9697000b", config.get("run").getAsString(), "it stays the run it was");
  }

  @Test
  void aFitOfFormatThreeIsGoneOnWith() throws IOException {
    Path old = formatThree("plant");
    succeeds("fit", "--from", old, "--csv", table(), "--iterations", 1, "--out", old + "-more");
    succeeds("train", "--from", old, "--csv", table(), "--epochs", 1, "--out", old + "-trained");
  }

  private JsonObject forecast(String kind, Object... more) throws IOException {
    Object[] words = {
      "forecast", formatThree(kind), "--csv", table(), "--future", table(), "--json", "--steps", 3
    };
    return succeeds(Stream.of(words, more).flatMap(Stream::of).toArray()).json();
  }

  private static void assertForecast(
      JsonObject forecast, String of, String target, double... expected) {
    JsonArray found = forecast.getAsJsonObject(of).getAsJsonArray(target);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found.get(i).getAsDouble(), 1e-5);
    }
  }

  private static double figure(JsonObject figures, String part, String name) {
    return figures.getAsJsonObject(part).get(name).getAsDouble();
  }

  /** A folder as its version left it; its table was {@code /data/table.csv}. */
  private Path formatThree(String kind) throws IOException {
    Path copy = folder.resolve(kind);
    Path original = resource(kind);
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(original.relativize(file).toString()));
      }
    }
    return copy;
  }

  private static Path table() {
    return resource("table.csv");
  }

  private static Path resource(String name) {
    URL found = Objects.requireNonNull(OldRunTest.class.getResource("format3/" + name), name);
    return Path.of(URI.create(found.toString()));
  }

  /** In format 2, how a NARX model runs stood with how it was fitted. */
  @Test
  void aFitOfFormatTwoIsReadAndGoneOnWith() throws IOException {
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 120, 1);
    Path run = folder.resolve("fit");
    Object[] fit = {"fit", "--csv", plant, "--input", "u", "--target", "y", "--out", run};
    succeeds(
        TinyData.changed(
            fit,
            "--hidden 2 --starts 1 --iterations 2 --initial zero --warm-up 3 --max-minutes 9"));
    String before = succeeds("evaluate", run, "--json").out();
    String info = succeeds("info", run).out();
    JsonObject config = CommandRun.json(Files.readString(run.resolve("config.json")));
    JsonObject narx = config.getAsJsonObject("narx");
    JsonObject fitting = config.getAsJsonObject("fitting");
    config.addProperty("format", 2);
    fitting.add("feed", narx.remove("feed"));
    flatten(fitting, "search", "limit", "rule");
    flattenTable(config.getAsJsonObject("csv"));
    JsonObject freeRun = narx.remove("free_run").getAsJsonObject();
    freeRun.entrySet().forEach(entry -> fitting.add(entry.getKey(), entry.getValue()));
    config.remove("crc32c");
    Files.writeString(run.resolve("config.json"), config.toString());
    assertEquals(before, succeeds("evaluate", run, "--json").out());
    assertEquals(info, succeeds("info", run).out());
    succeeds("fit", "--from", run, "--iterations", 1);
    succeeds("train", "--from", run, "--epochs", 1);
  }

  @Test
  void aFitWhoseWeightsHaveNoNamesIsRefused() throws IOException {
    Path old = Files.createDirectory(folder.resolve("old"));
    Files.writeString(old.resolve("model.json"), "{\"format\": 2, \"shape\": {}}");
    Files.writeString(old.resolve("weights.safetensors"), "theta");
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 120, 1);
    Object[] fit = {"fit", "--csv", plant, "--input", "u", "--target", "y", "--out", old};
    for (Object[] command :
        new Object[][] {
          {"info", old},
          {"evaluate", old},
          {"forecast", old},
          {"resume", old},
          {"simulate", "--model", old, "--csv", plant}
        }) {
      String line = CommandRun.fails(1, command);
      assertTrue(line.contains("a fit of an earlier version (model.json)"), line);
      assertTrue(line.contains("unspool fit --out " + old + " --force"), line);
    }
    assertTrue(CommandRun.fails(1, fit).contains("holds a fitted model already"));
    succeeds(TinyData.changed(fit, "--hidden 2 --starts 1 --iterations 2 --force"));
    assertFalse(Files.exists(old.resolve("model.json")));
    assertFalse(Files.exists(old.resolve("weights.safetensors")));
  }

  private Object[] train(String kind, Path run) throws IOException {
    Object[] words =
        kind.equals("table")
            ? quick("train", "--csv", TinyData.table(folder), "--target", "wave", "--out", run)
            : quick("train", "--text", TinyData.text(folder), "--tokens", kind, "--out", run);
    return TinyData.changed(words, "--schedule constant");
  }

  private static List<Long> updates(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> CommandRun.json(line).get("update").getAsLong())
        .toList();
  }

  /** The same run as an earlier version would have left it. */
  private Path old(Path run) throws IOException {
    Path old = Files.createDirectory(folder.resolve("old"));
    JsonObject config = CommandRun.json(Files.readString(run.resolve("config.json")));
    remove(config, "run", "crc32c");
    config.addProperty("format", 1);
    JsonObject training = config.getAsJsonObject("training");
    flatten(training, "sweep", "rule", "rate", "limit", "report");
    remove(training, "gradient");
    assertEquals(24, training.size(), "as many as format 2 had");
    remove(training, "checkpoint_every", "checkpoint_updates");
    assertFalse(config.getAsJsonObject("network").has("init"), "said only where it was given");
    boolean table = config.has("csv");
    JsonObject data = config.getAsJsonObject(table ? "csv" : "text");
    remove(data.getAsJsonObject("facts"), "crc32c");
    if (table) {
      flattenTable(data);
      remove(data, "decimal", "normalise");
    } else {
      data.getAsJsonObject("facts").remove("vocabulary_crc32c"); // only words have it
    }
    Files.writeString(old.resolve("config.json"), config.toString());
    for (String same : List.of("metrics.jsonl", "vocabulary.txt")) {
      if (Files.exists(run.resolve(same))) {
        Files.copy(run.resolve(same), old.resolve(same));
      }
    }
    writeOldCheckpoint(new RunFolder(run).checkpoints(), new RunFolder(old).checkpoints());
    return old;
  }

  private static void flattenTable(JsonObject csv) {
    flatten(csv, "table", "format", "roles", "output", "held_out");
    csv.add("horizon", csv.remove("horizons").getAsJsonArray().get(0));
  }

  private static void flatten(JsonObject whole, String... parts) {
    for (String part : parts) {
      whole
          .remove(part)
          .getAsJsonObject()
          .entrySet()
          .forEach(entry -> whole.add(entry.getKey(), entry.getValue()));
    }
  }

  private static void remove(JsonObject from, String... keys) {
    for (String key : keys) {
      assertTrue(from.has(key), key);
      from.remove(key);
    }
  }

  private static void writeOldCheckpoint(CheckpointFolder from, CheckpointFolder to)
      throws IOException {
    var theta = new Parameters(layout(from.path()));
    CheckpointFolder.Content content = from.read(theta);
    var state = new Snapshot();
    content
        .state()
        .entries()
        .forEach(
            (name, entry) -> {
              if (!name.equals("run.reports")) {
                state.put(name, entry);
              }
            });
    assertEquals(content.state().entries().size() - 1, state.entries().size());
    to.write(
        theta,
        state,
        Map.of(
            "update", content.about().getOrDefault("update", ""),
            "epoch", content.about().getOrDefault("epoch", ""),
            "parameters", content.about().getOrDefault("parameters", "")));
  }

  private static ParameterLayout layout(Path checkpoint) throws IOException {
    Path weights;
    try (Stream<Path> files = Files.list(checkpoint)) {
      weights = files.filter(f -> f.toString().contains("weights-")).findFirst().orElseThrow();
    }
    var layout = ParameterLayout.builder();
    Safetensors.read(weights)
        .tensors()
        .forEach(
            (name, tensor) ->
                layout.add(name, tensor.shape().stream().mapToInt(Math::toIntExact).toArray()));
    return layout.build();
  }
}
