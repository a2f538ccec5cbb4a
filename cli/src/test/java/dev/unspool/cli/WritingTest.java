// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training writes, and what becomes of it where something cannot be written. */
final class WritingTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private Object[] train(String more) {
    Object[] words = TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run);
    return more.isEmpty() ? words : TinyData.changed(words, more);
  }

  /** Puts something in a file's place that nothing can be written over. */
  private void block(String file) throws IOException {
    Files.deleteIfExists(run.resolve(file));
    Files.createDirectories(run.resolve(file).resolve("in the way"));
  }

  private JsonObject figures() throws IOException {
    return CommandRun.json(Files.readString(run.resolve("metrics.json")));
  }

  private static List<String> complaints(CommandRun run) {
    return run.err().lines().filter(line -> line.startsWith("unspool: ")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"loss.png", "forecast.png"})
  void aPictureThatCannotBeWrittenLosesNothing(String png) throws IOException {
    String figures = CommandRun.succeeds(train("")).out();
    block(png);
    CommandRun again = CommandRun.succeeds("resume", run);
    assertEquals(figures, again.out());
    assertEquals(1, complaints(again).size(), again::toString);
    assertMissing(run.resolve(png), again);
  }

  private static void assertMissing(Path png, CommandRun run) {
    String start = "unspool: could not write the picture %s: ".formatted(png);
    assertTrue(
        complaints(run).stream()
            .anyMatch(line -> line.startsWith(start) && line.length() > start.length()),
        run::toString);
  }

  @Test
  void figuresThatCannotBeWrittenAreSaidNevertheless() throws IOException {
    String figures = CommandRun.succeeds(train("")).out();
    block("metrics.json");
    CommandRun again = CommandRun.of("resume", run);
    assertEquals(1, again.status(), again::toString);
    assertEquals(figures, again.out());
    assertEquals(1, complaints(again).size(), again::toString);
    assertTrue(complaints(again).getFirst().contains("metrics.json"), again::toString);
    assertTrue(complaints(again).getFirst().contains("unspool resume"), again::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null\n", "\n\n", "{\"upda", "{\"upda{\"update\":1}\n", "{}\n"})
  void aDamagedLogStopsNoTraining(String damage) throws IOException {
    CommandRun.succeeds(train(""));
    Path log = run.resolve("metrics.jsonl");
    Files.writeString(log, damage, StandardOpenOption.APPEND);
    assertEquals(List.of(), complaints(CommandRun.succeeds("resume", run, "--epochs", 5)));
    assertTrue(Files.exists(run.resolve("loss.png")));
    List<String> lines = Files.readAllLines(log);
    assertEquals(5, CommandRun.json(lines.getLast()).get("epoch").getAsInt(), lines::toString);
  }

  @Test
  void aLogThatCannotBeWrittenStopsNoTraining() throws IOException {
    CommandRun.succeeds(train(""));
    block("metrics.jsonl");
    CommandRun again = CommandRun.succeeds("resume", run, "--epochs", 5);
    assertTrue(complaints(again).size() <= 2, again::toString);
    assertTrue(complaints(again).getFirst().contains("metrics.jsonl"), again::toString);
    assertEquals(5, figures().getAsJsonObject("training").get("epochs").getAsInt());
  }

  @Test
  void manyShortEpochsMakeFewLines() throws IOException {
    CommandRun.succeeds(train("--epochs 250 --hidden 1 --k1 90 --lanes 1 --threads 1"));
    List<JsonObject> lines =
        Files.readAllLines(run.resolve("metrics.jsonl")).stream().map(CommandRun::json).toList();
    // 1 to 199 each, then every second one.
    assertEquals(199 + 26, lines.size());
    assertEquals(250, lines.getLast().get("epoch").getAsInt());
    assertTrue(lines.stream().allMatch(line -> line.has("validation")), "each of them whole");
  }

  @Test
  void theBestWeightsHaveAFileThatSaysSo() throws IOException {
    // A rate at which the newest weights are soon not the best ones.
    CommandRun.succeeds(train("--epochs 12 --lr 0.5 --optimizer adam --schedule constant"));
    Safetensors best = Safetensors.read(run.resolve("best.safetensors"));
    long update = figures().getAsJsonObject("training").get("best_update").getAsLong();
    assertEquals(Long.toString(update), best.metadata().get("update"));
    assertEquals("pt", best.metadata().get("format"));
    assertEquals(List.of(24L, 8L), best.tensor("weight_hh_l0").shape());
    JsonObject checkpoint =
        CommandRun.succeeds("info", run, "--json").json().getAsJsonObject("checkpoint");
    assertEquals(update, checkpoint.get("best_update").getAsLong());
    assertTrue(update < checkpoint.get("update").getAsLong(), checkpoint::toString);
    String info = CommandRun.succeeds("info", run).out();
    assertTrue(info.contains("newest weights"), info);
    assertTrue(info.contains("of update %s, in best.safetensors".formatted(update)), info);
  }

  @Test
  void withoutValidationThereAreNoBestWeights() throws IOException {
    CommandRun.succeeds(train("--valid 0"));
    assertFalse(Files.exists(run.resolve("best.safetensors")));
    assertTrue(CommandRun.succeeds("info", run).out().contains("best weights: none"));
  }

  @Test
  void aTrainingThatDivergesKeepsItsBestWeights() throws IOException {
    CommandRun.succeeds(train("--optimizer sgd --lr 0.01 --schedule constant --clip 0"));
    byte[] best = Files.readAllBytes(run.resolve("best.safetensors"));
    JsonObject before = figures();
    Files.delete(run.resolve("metrics.json"));

    CommandRun diverged = CommandRun.of("resume", run, "--lr", "1e30", "--epochs", 5);
    assertEquals(1, diverged.status(), diverged::toString);
    assertEquals(1, complaints(diverged).size(), diverged::toString);
    String said = complaints(diverged).getFirst();
    assertTrue(said.startsWith("unspool: training diverged at update "), said);
    assertTrue(said.contains("'unspool resume %s --lr 1".formatted(run)), said);
    assertFalse(diverged.err().contains("Exception"), diverged::toString);
    assertTrue(diverged.out().contains("test RMSE"), diverged::toString);
    assertEquals(before.get("test"), figures().get("test"));
    assertArrayEquals(best, Files.readAllBytes(run.resolve("best.safetensors")));

    CommandRun.succeeds("resume", run, "--lr", "0.01");
    assertEquals(5, figures().getAsJsonObject("training").get("epochs").getAsInt());
    float[] newest = newestBias();
    for (float value : newest) {
      assertTrue(Math.abs(value) < 10, Arrays.toString(newest));
    }
  }

  private float[] newestBias() throws IOException {
    try (var files = Files.list(run.resolve("checkpoint"))) {
      Path weights = files.filter(f -> f.toString().contains("weights-")).findFirst().orElseThrow();
      return Safetensors.read(weights).tensor("bias_hh_l0").floats();
    }
  }

  @Test
  void aTrainingThatDivergesAtOnceSaysWhatToDo() {
    String said = CommandRun.fails(1, train("--optimizer sgd --lr 1e30 --clip 0"));
    assertTrue(said.contains("training diverged at update "), said);
    assertTrue(said.contains("--lr"), said);
    assertFalse(said.contains("Exception"), said);
  }
}
