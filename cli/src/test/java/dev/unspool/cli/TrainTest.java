// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private JsonObject json(String file) throws IOException {
    return CommandRun.json(Files.readString(run.resolve(file)));
  }

  @Test
  void aTableLeavesEverythingInTheFolder() throws IOException {
    CommandRun train =
        CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    for (String file :
        List.of("config.json", "metrics.jsonl", "metrics.json", "loss.png", "forecast.png")) {
      assertTrue(Files.size(run.resolve(file)) > 0, file);
    }
    assertTrue(Files.exists(run.resolve("checkpoint/checkpoint.json")));
    try (Stream<Path> files = Files.walk(run)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
    }
    JsonObject test = json("metrics.json").getAsJsonObject("test");
    assertTrue(test.get("rmse").getAsDouble() > 0);
    assertTrue(test.get("mae").getAsDouble() > 0);
    assertTrue(test.get("mae").getAsDouble() <= test.get("rmse").getAsDouble());
    assertEquals(40, test.get("rows").getAsLong(), "a fifth of 200 rows");
    assertTrue(test.getAsJsonObject("targets").has("wave"));
    String last = train.out().lines().toList().getLast();
    assertTrue(
        last.matches(
            "test RMSE [0-9.]+, [0-9.]+ % (below|above) persistence \\([0-9.]+\\), MAE [0-9.]+"),
        last);

    List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertEquals(3, lines.size(), "one line an epoch");
    JsonObject line = CommandRun.json(lines.getLast());
    for (String key :
        List.of(
            "update",
            "step",
            "epoch",
            "loss",
            "validation",
            "gradient_norm",
            "rate",
            "steps_per_second",
            "seconds")) {
      assertTrue(line.has(key), key);
    }
    assertEquals(3, line.get("epoch").getAsInt());
  }

  @Test
  void persistenceIsTheRootMeanSquareOfTheLastMoves() throws IOException {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    double sum = 0;
    for (int t = 160; t < 200; t++) {
      double move = 2 * Math.sin(0.2 * t) - 2 * Math.sin(0.2 * (t - 1));
      sum += move * move;
    }
    double persistence =
        json("metrics.json").getAsJsonObject("test").get("persistence_rmse").getAsDouble();
    assertEquals(Math.sqrt(sum / 40), persistence, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"change", "level"})
  void aWaveIsLearned(String predict) throws IOException {
    CommandRun.succeeds(
        "train",
        "--csv",
        table,
        "--target",
        "wave",
        "--out",
        run,
        "--predict",
        predict,
        "--lr",
        "0.02",
        "--hidden",
        "16",
        "--k1",
        "5",
        "--k2",
        "20",
        "--lanes",
        "1",
        "--epochs",
        "30");
    JsonObject test = json("metrics.json").getAsJsonObject("test");
    assertTrue(
        test.get("rmse").getAsDouble() < 0.5 * test.get("persistence_rmse").getAsDouble(),
        test::toString);
  }

  @Test
  void withJsonTheOutputIsTheFigures() throws IOException {
    CommandRun train =
        CommandRun.succeeds(
            quick("train", "--csv", table, "--target", "wave", "--out", run, "--json"));
    assertEquals(json("metrics.json"), train.json());
    assertFalse(train.err().isEmpty(), "progress goes to standard error");
    CommandRun evaluate = CommandRun.succeeds("evaluate", run, "--json");
    assertEquals(train.json().get("test"), evaluate.json().get("test"));
    assertEquals(train.json().get("valid"), evaluate.json().get("valid"));
    CommandRun info = CommandRun.succeeds("info", run, "--json");
    assertEquals(train.json(), info.json().get("figures"));
    assertTrue(CommandRun.succeeds("info", run).out().contains("test RMSE"));
  }

  @Test
  void quietLeavesOnlyTheResult() {
    CommandRun train =
        CommandRun.succeeds(
            quick("train", "--csv", table, "--target", "wave", "--out", run, "--quiet"));
    assertEquals("", train.err());
  }

  @Test
  void anotherTableIsJudgedAsAWhole() throws IOException {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path other = TinyData.table(folder.resolve("other.csv"), 77);
    JsonObject all =
        CommandRun.succeeds("evaluate", run, "--csv", other, "--json")
            .json()
            .getAsJsonObject("all");
    assertEquals(76, all.get("rows").getAsLong(), "nothing is known before the first row");
  }

  @Test
  void severalTargetsAndLosses() throws IOException {
    for (String loss : List.of("mse", "huber", "gaussian")) {
      CommandRun train =
          CommandRun.succeeds(
              quick(
                  "train",
                  "--csv",
                  table,
                  "--target",
                  "wave,driven",
                  "--input",
                  "wave,force,driven",
                  "--out",
                  run,
                  "--force",
                  "--loss",
                  loss,
                  "--horizon",
                  "2"));
      List<String> tests = train.out().lines().filter(line -> line.startsWith("test")).toList();
      assertEquals(2, tests.size(), "one line a target: their units differ");
      assertTrue(
          tests.getFirst().matches("test RMSE of wave .* persistence .*, MAE .*"), tests::toString);
      assertTrue(tests.getLast().startsWith("test RMSE of driven "), tests::toString);
      assertFalse(json("metrics.json").getAsJsonObject("test").has("rmse"));
      JsonObject targets = json("metrics.json").getAsJsonObject("test").getAsJsonObject("targets");
      assertEquals(2, targets.size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cell lstm",
        "--normalise robust",
        "--cell rnn-tanh",
        "--cell rnn-relu",
        "--layers 2 --dropout 0.2",
        "--learned-initial-state",
        "--init uniform:0.1",
        "--cell lstm --init orthogonal --forget-bias 1",
        "--loss-at last",
        "--loss-at last:3",
        "--policy replay",
        "--policy current",
        "--optimizer sgd --momentum 0.9",
        "--optimizer rmsprop",
        "--optimizer adamw --weight-decay 0.1",
        "--schedule constant",
        "--schedule step",
        "--schedule cosine --warm-up 3",
        "--clip 0",
        "--clip-value 0.1",
        "--valid 0",
        "--test 0",
        "--patience 1",
        "--max-updates 5",
        "--max-minutes 1",
        "--seed 7",
        "--k1 20 --k2 3",
      })
  void everyOptionTrains(String options) throws IOException {
    Object[] words = quick("train", "--csv", table, "--target", "wave", "--out", run);
    CommandRun.succeeds(TinyData.changed(words, options));
    assertTrue(Files.exists(run.resolve("metrics.json")));
    CommandRun.succeeds("evaluate", run);
  }

  /** Who gives a time wants it used, and not so many epochs. */
  @Test
  void aTimeAloneIsWhatEndsTraining() throws IOException {
    Object[] words = {
      "train", "--csv", table, "--target", "wave", "--out", run, "--hidden", "4", "--k2", "10"
    };
    CommandRun.succeeds(changed(words, "--max-minutes 0.002"));
    JsonObject training = json("config.json").getAsJsonObject("training");
    assertEquals(0, training.getAsJsonObject("limit").get("epochs").getAsInt());
    assertEquals("cosine", training.getAsJsonObject("rate").get("schedule").getAsString());
    List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
    double seconds = CommandRun.json(lines.getLast()).get("seconds").getAsDouble();
    boolean impatient =
        json("metrics.json").getAsJsonObject("training").get("epochs").getAsInt() > 10;
    assertTrue(seconds >= 0.12 || impatient, lines::toString);
    CommandRun.succeeds(changed(words, "--max-minutes 0.002 --epochs 2 --force"));
    assertTrue(json("metrics.json").getAsJsonObject("training").get("epochs").getAsInt() <= 2);
  }

  @Test
  void howTheWeightsBeganIsRecorded() throws IOException {
    Object[] words = quick("train", "--csv", table, "--target", "wave", "--out", run);
    CommandRun.succeeds(
        TinyData.changed(words, "--cell lstm --init uniform:0.05 --forget-bias 1 --max-updates 3"));
    String config = Files.readString(run.resolve("config.json"));
    JsonObject init =
        JsonParser.parseString(config)
            .getAsJsonObject()
            .getAsJsonObject("network")
            .getAsJsonObject("init");
    assertEquals("uniform", init.get("scheme").getAsString(), config);
    assertEquals(0.05, init.get("size").getAsDouble(), config);
    assertEquals(1, init.get("forget_bias").getAsDouble(), config);
    String info = CommandRun.succeeds("info", run).out();
    assertTrue(info.contains("init uniform:0.05, forget bias 1.0"), info);
    CommandRun.succeeds("resume", run, "--max-updates", "6");
  }

  @Test
  void aTableOfAnotherForm() throws IOException {
    List<String> lines = Files.readAllLines(table);
    lines.replaceAll(line -> line.replace(',', '\t'));
    Files.write(table, lines);
    CommandRun.succeeds(
        quick("train", "--csv", table, "--target", "wave", "--out", run, "--separator", "tab"));
  }

  @ParameterizedTest
  @CsvSource({
    "table.csv, table",
    "data/a.b.csv, a.b",
    ".csv, csv",
    "..csv, csv",
    "...csv, csv",
    "...., run",
    "table, table",
  })
  void aRunIsNamedAfterItsData(Path file, String name) {
    assertEquals(name, Train.stem(file));
  }

  @Test
  void theSameSeedGivesTheSameWeights() throws IOException {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path second = folder.resolve("second");
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", second));
    assertEquals(
        Files.readString(run.resolve("metrics.json")),
        Files.readString(second.resolve("metrics.json")));
  }
}
