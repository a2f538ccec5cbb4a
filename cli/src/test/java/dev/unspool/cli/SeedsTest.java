// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeedsTest {
  @TempDir Path folder;
  Path runs = Path.of("");
  Object[] words = {};

  @BeforeEach
  void write() throws IOException {
    Path table = TinyData.table(folder);
    runs = folder.resolve("runs");
    words = quick("train", "--csv", table, "--target", "wave", "--out", runs);
    words = changed(words, "--seeds 3 --seed 5");
  }

  private Path seed(int seed) {
    return runs.resolve("seed-" + seed);
  }

  private static JsonObject metrics(Path run) throws IOException {
    return CommandRun.json(Files.readString(run.resolve("metrics.json")));
  }

  private static double rmse(Path run, String part) throws IOException {
    return metrics(run).getAsJsonObject(part).get("rmse").getAsDouble();
  }

  @Test
  void eachSeedIsARunAndTheFiguresAreTheirMeanAndDeviation() throws IOException {
    CommandRun train = succeeds(words);
    double[] rmse = new double[3];
    for (int i = 0; i < 3; i++) {
      rmse[i] = rmse(seed(5 + i), "test");
      JsonObject config = CommandRun.json(Files.readString(seed(5 + i).resolve("config.json")));
      assertEquals(5 + i, config.getAsJsonObject("training").get("seed").getAsInt());
    }
    double mean = DoubleStream.of(rmse).average().orElseThrow();
    double squares = DoubleStream.of(rmse).map(each -> (each - mean) * (each - mean)).sum();
    JsonObject file = CommandRun.json(Files.readString(runs.resolve("seeds.json")));
    JsonObject spread = file.getAsJsonObject("figures").getAsJsonObject("test rmse");
    assertEquals(mean, spread.get("mean").getAsDouble(), 1e-9 * mean);
    assertEquals(Math.sqrt(squares / 2), spread.get("deviation").getAsDouble(), 1e-9);
    assertTrue(train.out().contains("test rmse "), train::toString);
    assertTrue(train.out().contains(" ± "), train::toString);
    assertTrue(train.err().contains("The best by validation is seed "), train::toString);
  }

  @Test
  void aSeedIsTheRunThatTrainWouldMakeAlone() throws IOException {
    succeeds(words);
    Path alone = folder.resolve("alone");
    succeeds(changed(words, "--seeds 1 --seed 6 --out " + alone));
    assertEquals(metrics(alone), metrics(seed(6)));
    assertArrayEquals(
        FolderContent.numbers(alone.resolve("best.safetensors")),
        FolderContent.numbers(seed(6).resolve("best.safetensors")));
  }

  @Test
  void theFolderStandsForTheBestOfThem() throws IOException {
    succeeds(words);
    int best =
        IntStream.of(5, 6, 7)
            .boxed()
            .min((a, b) -> Double.compare(validation(a), validation(b)))
            .orElseThrow();
    assertEquals(
        succeeds("forecast", seed(best), "--steps", "5").out(),
        succeeds("forecast", runs, "--steps", "5").out());
    assertTrue(succeeds("info", runs).out().contains("seed-" + best));
  }

  /** As its message says. */
  @Test
  void aDamagedFileOfRunsCanBeBegunAnew() throws IOException {
    succeeds(words);
    Files.writeString(runs.resolve("seeds.json"), "{");
    says(fails(1, "info", runs), "seeds.json", "--force");
    succeeds(changed(words, "--seeds 2 --force"));
    assertFalse(Files.exists(seed(7).resolve("config.json")));
  }

  private double validation(int seed) {
    return succeeds("compare", seed(seed), seed(seed == 5 ? 6 : 5), "--json")
        .json()
        .getAsJsonArray("runs")
        .get(0)
        .getAsJsonObject()
        .get("validation_loss")
        .getAsDouble();
  }

  @Test
  void whatWasCutOffGoesOn() throws IOException {
    succeeds(words);
    String whole = Files.readString(runs.resolve("seeds.json"));
    // As if the process had been killed while the second was in its second epoch.
    Path table = folder.resolve("table.csv");
    FolderContent.delete(seed(6));
    FolderContent.delete(seed(7));
    Object[] one =
        quick("train", "--csv", table, "--target", "wave", "--seed", "6", "--threads", "1");
    succeeds(changed(one, "--epochs 1 --out " + seed(6)));
    Files.writeString(
        runs.resolve("seeds.json"), "{\"format\":1,\"seeds\":[5,6,7],\"figures\":{}}");
    says(fails(1, "forecast", runs), "have not all ended", "unspool resume");
    succeeds("resume", runs, "--epochs", "3");
    JsonObject expected =
        CommandRun.json(whole).getAsJsonObject("figures").getAsJsonObject("test rmse");
    JsonObject found =
        CommandRun.json(Files.readString(runs.resolve("seeds.json")))
            .getAsJsonObject("figures")
            .getAsJsonObject("test rmse");
    assertEquals(3, found.get("runs").getAsInt());
    // The second had been stretched from one epoch to three, the others are what they were.
    assertEquals(expected.get("mean").getAsDouble(), found.get("mean").getAsDouble(), 0.1);
    assertTrue(Files.exists(seed(7).resolve("metrics.json")));
  }

  @Test
  void whatIsThereIsNotThrownAwayUnasked() throws IOException {
    succeeds(words);
    says(fails(1, words), "several seeds already", "--force", "unspool resume");
    Object[] alone = changed(words, "--seeds 1");
    says(fails(1, alone), "several seeds already");
    succeeds(changed(alone, "--force"));
    assertFalse(Files.exists(runs.resolve("seeds.json")));
    assertFalse(Files.exists(seed(5).resolve("config.json")));
    assertTrue(Files.exists(runs.resolve("config.json")));
    says(fails(1, words), "holds a run already");
  }

  @Test
  void whatIsTrainedNowIsNotThrownAway() throws IOException {
    succeeds(words);
    FolderContent before = FolderContent.of(runs);
    // As if another process trained them, or went on with one of them.
    for (Path held : List.of(runs, seed(6))) {
      try (FolderLock _ = FolderLock.take(held, silent())) {
        says(fails(1, changed(words, "--force")), held + " is being written to by process");
        says(fails(1, changed(words, "--seeds 1 --force")), held + " is being written to by");
      }
      before.assertSame(FolderContent.of(runs));
    }
  }

  private static Console silent() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    return new Console(nowhere, nowhere, false, false, 80);
  }

  @Test
  void nothingIsThrownAwayForACommandThatCannotBe() throws IOException {
    succeeds(words);
    FolderContent before = FolderContent.of(runs);
    says(fails(2, changed(words, "--target nope --force")), "nope");
    says(fails(2, changed(words, "--seeds 1 --target nope --force")), "nope");
    Path foreign = Files.createDirectory(seed(7).resolve("cell.java"));
    says(fails(1, changed(words, "--force")), "cell.java is a link or a folder");
    Files.delete(foreign);
    before.assertSame(FolderContent.of(runs));
  }

  @Test
  void theirReportIsThrownAwayWithThem() throws IOException {
    succeeds(words);
    succeeds("report", runs);
    succeeds(changed(words, "--seeds 2 --force"));
    assertFalse(Files.exists(runs.resolve("report.html")), "it is of runs that are no more");
    succeeds("report", runs);
    succeeds(changed(words, "--seeds 1 --force"));
    assertFalse(Files.exists(runs.resolve("report.html")));
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("report.html"), "mine");
    says(fails(1, changed(words, "--force --out " + other)), "report.html is in the way");
  }

  @Test
  void nothingElseIsPutBesideThem() throws IOException {
    succeeds(words);
    Path one = folder.resolve("one");
    succeeds(changed(words, "--seeds 1 --out " + one));
    says(fails(1, "train", "--from", one, "--out", runs), "several seeds already");
    says(
        fails(
            1,
            "fit",
            "--csv",
            folder.resolve("table.csv"),
            "--input",
            "force",
            "--target",
            "driven",
            "--out",
            runs),
        "holds runs of several seeds");
  }

  @Test
  void seedsThatMakeNoSenseAreRefused() {
    says(fails(2, changed(words, "--seeds 0")), "--seeds must be at least 1, found 0");
    says(fails(2, changed(words, "--seeds x")), "--seeds");
    says(fails(1, changed(words, "--lanes 500")), "lanes");
    assertFalse(Files.exists(seed(5)));
    says(fails(2, "train", "--from", runs, "--seeds", "2"), "--seeds does not go with --from");
  }
}
