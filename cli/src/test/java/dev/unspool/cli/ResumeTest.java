// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.TinyData.quick;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResumeTest {
  @TempDir Path folder;
  Path table = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
  }

  private Object[] train(Path run, String more) {
    Object[] words =
        quick(
            "train",
            "--csv",
            table,
            "--target",
            "wave",
            "--out",
            run,
            "--layers",
            "2",
            "--dropout",
            "0.1",
            "--schedule",
            "constant");
    return TinyData.changed(words, more);
  }

  private static byte[] weights(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoint"))) {
      Path file =
          files
              .filter(path -> path.getFileName().toString().startsWith("weights"))
              .findFirst()
              .orElseThrow();
      return Files.readAllBytes(file);
    }
  }

  /** The reports without what depends on the clock. */
  private static List<JsonObject> reports(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(CommandRun::json)
        .peek(line -> List.of("steps_per_second", "seconds").forEach(line::remove))
        .toList();
  }

  private static void assertSame(Path expected, Path actual) throws IOException {
    assertArrayEquals(weights(expected), weights(actual), "weights");
    assertEquals(reports(expected), reports(actual));
    assertEquals(
        Files.readString(expected.resolve("metrics.json")),
        Files.readString(actual.resolve("metrics.json")));
  }

  /** Trains like another run, until somebody stops it after so many updates. */
  private void trainStopped(Path like, Path run, int updates) throws IOException {
    RunConfig config = RunFolder.open(like).readConfig();
    RunFolder stopped = RunFolder.create(run, false);
    stopped.writeConfig(config);
    try (Task task = Training.open(stopped, config);
        Stop stop = Stop.onRequest()) {
      var console = new Console(nowhere(), asking(stop, updates), false, false, 80);
      assertNull(new TrainingRun(stopped, config, task, console, stop).run());
    }
    assertEquals(
        updates,
        CommandRun.succeeds("info", run, "--json")
            .json()
            .getAsJsonObject("checkpoint")
            .get("update")
            .getAsInt());
  }

  private static PrintWriter nowhere() {
    return new PrintWriter(Writer.nullWriter());
  }

  /** Asks for a stop when so many updates were reported. */
  private static PrintWriter asking(Stop stop, int updates) {
    return new PrintWriter(nowhere()) {
      private int reports;

      @Override
      public void println(String line) {
        if (line.contains("epoch ") && ++reports == updates) {
          stop.ask();
        }
      }
    };
  }

  /**
   * Everything that a run leaves: weights, moments, states, predictions, figures. Of checkpoints,
   * the numbers; what depends on the clock is left out.
   */
  private static FolderContent left(Path run) throws IOException {
    var left = new TreeMap<String, byte[]>();
    for (Map.Entry<String, byte[]> each : FolderContent.of(run).files().entrySet()) {
      String name = each.getKey();
      if (name.endsWith(".safetensors")) {
        String kind = name.replaceFirst("-[0-9]+", "");
        byte[] numbers = FolderContent.numbers(run.resolve(name));
        forget("run.seconds", numbers, each.getValue());
        left.put(kind, numbers);
      } else if (!name.equals("metrics.jsonl") && !name.endsWith("checkpoint.json")) {
        left.put(name, each.getValue());
      }
    }
    assertEquals(
        Set.of(
            "best.safetensors", "checkpoint/state.safetensors", "checkpoint/weights.safetensors"),
        left.keySet().stream().filter(name -> name.endsWith("s")).collect(Collectors.toSet()));
    return new FolderContent(left);
  }

  /** Overwrites a number, if the file has one of that name. */
  private static void forget(String name, byte[] numbers, byte[] file) {
    String header = new String(file, Long.BYTES, file.length - numbers.length - Long.BYTES, UTF_8);
    JsonObject entry = CommandRun.json(header).getAsJsonObject(name);
    if (entry != null) {
      var range = entry.getAsJsonArray("data_offsets");
      Arrays.fill(numbers, range.get(0).getAsInt(), range.get(1).getAsInt(), (byte) 0);
    }
  }

  @Test
  void goingOnAfterAStopIsTheSameAsNeverStopping() throws IOException {
    Path whole = folder.resolve("whole");
    // A report after every update.
    CommandRun.succeeds(train(whole, "--report-every 1e-9 --k1 15 --k2 20"));
    assertTrue(reports(whole).size() > 10);
    FolderContent expected = left(whole);
    for (int updates = 1; updates < reports(whole).size(); updates++) {
      Path stopped = folder.resolve("stopped" + updates);
      trainStopped(whole, stopped, updates);
      CommandRun.succeeds("resume", stopped);
      assertSame(whole, stopped);
      expected.assertSame(left(stopped));
      FolderContent.delete(stopped);
    }
  }

  @Test
  void aRunCanBeMadeLonger() throws IOException {
    Path whole = folder.resolve("whole");
    Path longer = folder.resolve("longer");
    CommandRun.succeeds(train(whole, "--epochs 4"));
    CommandRun.succeeds(train(longer, "--epochs 2"));
    CommandRun.succeeds("resume", longer, "--epochs", "4");
    assertSame(whole, longer);
  }

  @Test
  void aRunThatIsOverStaysAsItIs() throws IOException {
    Path run = folder.resolve("run");
    CommandRun.succeeds(train(run, "--quiet"));
    byte[] weights = weights(run);
    String figures = Files.readString(run.resolve("metrics.json"));
    CommandRun.succeeds("resume", run);
    assertArrayEquals(weights, weights(run));
    assertEquals(figures, Files.readString(run.resolve("metrics.json")));
  }

  @Test
  void whatARunDidAfterItsCheckpointIsForgotten() throws IOException {
    Path whole = folder.resolve("whole");
    Path crashed = folder.resolve("crashed");
    CommandRun.succeeds(train(whole, "--report-every 1e-9"));
    trainStopped(whole, crashed, 20);
    Files.writeString(
        crashed.resolve("metrics.jsonl"),
        "{\"update\": 22, \"step\": 110, \"epoch\": 2, \"rate\": 1}\n{\"upda",
        StandardOpenOption.APPEND);
    CommandRun.succeeds("resume", crashed);
    assertSame(whole, crashed);
  }

  @Test
  void theDataMayBeMoved() throws IOException {
    Path run = folder.resolve("run");
    CommandRun.succeeds(train(run, "--max-updates 5"));
    Path moved = Files.move(table, folder.resolve("moved.csv"));
    assertTrue(CommandRun.fails(1, "resume", run).contains("table.csv"));
    CommandRun.succeeds("resume", run, "--data", moved, "--max-updates", "0");
    CommandRun.succeeds("evaluate", run);
  }

  @Test
  void aRunWithoutCheckpointBegins() throws IOException {
    Path run = folder.resolve("run");
    Path whole = folder.resolve("whole");
    CommandRun.succeeds(train(whole, "--quiet"));
    Files.createDirectories(run);
    Files.copy(whole.resolve("config.json"), run.resolve("config.json"));
    assertTrue(CommandRun.fails(1, "evaluate", run).contains("resume"));
    CommandRun.succeeds("resume", run);
    assertSame(whole, run);
  }
}
