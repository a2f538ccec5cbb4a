// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.unspool.model.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FitTest {
  @TempDir Path folder;
  Path plant = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    plant = TinyPlant.table(folder.resolve("plant.csv"), 300, 1);
    run = folder.resolve("run");
  }

  private Object[] fit(String options) {
    Object[] words = {
      "fit",
      "--csv",
      plant,
      "--input",
      "u",
      "--target",
      "y",
      "--out",
      run,
      "--hidden",
      "4",
      "--iterations",
      "40",
      "--starts",
      "3",
      "--start-iterations",
      "6"
    };
    return options.isEmpty() ? words : TinyData.changed(words, options);
  }

  private static double percent(JsonObject figures, String part) {
    return figures.getAsJsonObject(part).get("fit_percent").getAsDouble();
  }

  @Test
  void theDefaultsFindTheModelOfAPlant() {
    CommandRun fit =
        succeeds("fit", "--csv", plant, "--input", "u", "--target", "y", "--out", run, "--json");
    assertTrue(percent(fit.json(), "test") > 97, fit::toString);
  }

  @Test
  void theJsonIsOneLineWithTheFigures() {
    CommandRun fit = succeeds(fit("--json"));
    assertEquals(1, fit.out().lines().count());
    assertEquals(
        Set.of("train", "valid", "test", "iterations", "stop_reason", "seconds"),
        fit.json().keySet());
    for (String part : List.of("train", "valid", "test")) {
      assertEquals(Set.of("rmse", "mae", "fit_percent"), fit.json().getAsJsonObject(part).keySet());
      assertTrue(percent(fit.json(), part) > 90, fit::toString);
    }
    assertFalse(fit.err().isEmpty(), "progress goes to standard error");
    assertEquals("", succeeds(fit("--json --quiet --force")).err());
  }

  @Test
  void everythingIsInTheFolder() throws IOException {
    CommandRun fit = succeeds(fit(""));
    for (String file :
        List.of(
            "config.json",
            "best.safetensors",
            "metrics.json",
            "metrics.jsonl",
            "simulation.png",
            "residuals.png",
            "convergence.png")) {
      assertTrue(Files.size(run.resolve(file)) > 0, file);
    }
    try (Stream<Path> files = Files.list(run)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
    }
    for (String word :
        List.of(
            "train",
            "validation",
            "test",
            "one step ahead",
            "iterations of start",
            "standard errors")) {
      assertTrue(fit.out().contains(word), () -> word + " in " + fit.out());
    }
  }

  /** The table with noise, which a validation part tells from the plant. */
  private void addNoise() throws IOException {
    var random = new SplitMix64(5);
    List<String> lines = Files.readAllLines(plant);
    var noisy = new ArrayList<String>(List.of("u,y"));
    for (String line : lines.subList(1, 200)) {
      String[] fields = line.split(",", -1);
      noisy.add(fields[0] + "," + (Double.parseDouble(fields[3]) + random.nextDouble(-2, 2)));
    }
    Files.write(plant, noisy);
  }

  private JsonObject figures() throws IOException {
    return JsonParser.parseString(Files.readString(run.resolve("metrics.json"))).getAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--starts 1", "--starts 2 --start-iterations 9"})
  void patienceIsCountedFromTheBestIteration(String starts) throws IOException {
    addNoise();
    CommandRun fit = succeeds(fit("--hidden 8 --iterations 200 --patience 10 " + starts));
    int best = figures().get("best_iteration").getAsInt();
    int last = figures().get("iterations").getAsInt();
    assertEquals("validation", figures().get("stop_reason").getAsString(), fit::toString);
    int begun = starts.contains("9") ? 9 : 0;
    assertEquals(Math.max(best, begun) + 10, last, fit::toString);
    assertTrue(
        fit.out().contains("stopped by the validation part: 10 iterations without a better"),
        fit.out());
    assertTrue(fit.out().contains("at iteration %s, was kept".formatted(best)), fit.out());
    assertTrue(fit.err().contains(" at %s".formatted(best)), fit.err());
    double least = Double.POSITIVE_INFINITY;
    int at = 0;
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonObject step = JsonParser.parseString(line).getAsJsonObject();
      assertFalse(step.has("normalised"));
      boolean own = step.get("start").getAsInt() == figures().get("start").getAsInt();
      if (own && step.get("validation").getAsDouble() < least) {
        least = step.get("validation").getAsDouble();
        at = step.get("iteration").getAsInt();
      }
    }
    assertEquals(at, best, "what did best by metrics.jsonl");
  }

  @Test
  void theLimitOfIterationsIsNotCalledProgressWhereThereIsNone() throws IOException {
    addNoise();
    CommandRun fit = succeeds(fit("--hidden 8 --starts 1 --iterations 60 --patience 0"));
    int best = figures().get("best_iteration").getAsInt();
    assertEquals("iterations", figures().get("stop_reason").getAsString(), fit::toString);
    String said =
        "60 iterations of start 1, stopped by the limit of iterations: the validation part last improved at iteration %s of 60"
            .formatted(best);
    assertTrue(fit.out().contains(said), fit::toString);
    CommandRun blind = succeeds(fit("--starts 1 --iterations 5 --valid 0 --force"));
    assertTrue(blind.out().contains("it was still improving"), blind::toString);
  }

  /** A plant that a controller holds: one step ahead it is learned, on its own it runs away. */
  @Test
  void anUnstableSimulationIsWarnedOf() throws IOException {
    var random = new SplitMix64(4);
    var lines = new ArrayList<String>(List.of("u,y"));
    double y = 0;
    for (int t = 0; t < 400; t++) {
      double u = -0.5 * y + random.nextDouble(-1, 1);
      lines.add(u + "," + y);
      y = 1.2 * y + u;
    }
    Files.write(plant, lines);
    String options = "--cell rnn-relu --hidden 6 --input-delays 1 --output-delays 1 --valid 0";
    CommandRun fit = succeeds(fit(options + " --starts 1 --training series-parallel"));
    assertTrue(fit.err().contains("part is unstable: it runs away at row "), fit::toString);
    assertTrue(fit.out().contains("  < -1000 %"), fit::toString);
    var longer = new ArrayList<>(lines.subList(0, 2));
    longer.addAll(Collections.nCopies(20_000, "1,0"));
    Files.write(plant, longer);
    CommandRun simulate = succeeds("simulate", "--model", run, "--csv", plant, "--json");
    assertTrue(simulate.err().contains("diverges at row"), simulate.err());
    assertTrue(simulate.json().get("rmse").isJsonNull());
  }

  @Test
  void restAtTheMeanIsSaid() {
    String said = "--initial zero: the plant is taken to have been at the mean";
    String brief = "--iterations 3 --starts 1 --force --initial zero";
    assertTrue(succeeds(fit(brief)).err().contains(said));
    assertFalse(succeeds(fit(brief + " --normalise rms")).err().contains(said));
    assertFalse(succeeds(fit("--iterations 3 --starts 1 --force")).err().contains(said));
  }

  @Test
  void oneSeedGivesOneModel() throws IOException {
    succeeds(fit(""));
    byte[] first = Files.readAllBytes(run.resolve("best.safetensors"));
    succeeds(fit("--force"));
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(run.resolve("best.safetensors"))));
    succeeds(fit("--force --seed 7"));
    assertTrue(Arrays.mismatch(first, Files.readAllBytes(run.resolve("best.safetensors"))) >= 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--training series-parallel",
        "--damping classic",
        "--no-geodesic",
        "--k2 10",
        "--normalise rms",
        "--initial zero --warm-up 20",
        "--initial zero --cell rnn-tanh --output-delays 1",
        "--initial estimated --hidden 2,2 --starts 2",
        "--normalise none --target z",
        "--starts 1 --hidden 3,3",
        "--input-delays 0-6 --output-delays none",
        "--hidden 2 --input-delays 0 --internal-delays 1",
        "--cell lstm --hidden 3",
        "--cell gru --hidden 3 --output-delays 1",
        "--valid 0",
        "--patience 0",
      })
  void otherWaysToFitIt(String options) {
    CommandRun fit = succeeds(fit(options + " --json"));
    assertTrue(percent(fit.json(), "train") > 70, fit::toString);
  }

  @Test
  void aTableOfItsOwnForTheTest() throws IOException {
    Path other = TinyPlant.table(folder.resolve("other.csv"), 200, 2);
    CommandRun fit = succeeds(fit("--valid 0 --json --test-csv " + other));
    assertTrue(percent(fit.json(), "test") > 85, fit::toString);
    assertFalse(fit.json().has("valid"));
    CommandRun none = succeeds(fit("--test 0 --json --force"));
    assertTrue(none.json().get("test").isJsonNull(), none::toString);
  }

  @Test
  void severalTargetsHaveFiguresOfTheirOwn() throws IOException {
    CommandRun fit = succeeds(fit("--target y,z --json"));
    JsonObject targets = fit.json().getAsJsonObject("test").getAsJsonObject("targets");
    assertEquals(Set.of("y", "z"), targets.keySet());
    assertEquals(
        Set.of("fit_percent", "targets"),
        fit.json().getAsJsonObject("test").keySet(),
        "no error over targets of different units");
    assertTrue(percent(targets, "z") > 70, fit::toString);
    assertTrue(succeeds(fit("--target y,z --force")).out().contains("  z "));
    Path part = Files.write(folder.resolve("part.csv"), List.of("u,y", "0.5,20", "0.5,20"));
    String said = succeeds("simulate", "--model", run, "--csv", part).err();
    assertTrue(said.contains("has no column z: nothing is compared"), said);
    assertTrue(fit.err().contains("(normalised)"), fit.err());
    assertTrue(
        Files.readAllLines(run.resolve("metrics.jsonl"))
            .getFirst()
            .contains("\"normalised\":true"));
  }

  @Test
  void theModelCanBeUsedAgain() throws IOException {
    CommandRun fit = succeeds(fit("--valid 0 --test 0 --json"));
    Path png = folder.resolve("again.png");
    CommandRun again =
        succeeds("simulate", "--model", run, "--csv", plant, "--plot", png, "--json");
    JsonObject train = fit.json().getAsJsonObject("train");
    assertEquals(train.get("rmse"), again.json().get("rmse"), "the same rows");
    assertEquals(train.get("fit_percent"), again.json().get("fit_percent"));
    assertEquals(3, again.json().get("first_row").getAsInt(), "after the longest delay");
    assertEquals(297, again.json().getAsJsonObject("targets").getAsJsonArray("y").size());
    assertTrue(Files.size(png) > 0);
    List<String> lines =
        succeeds("simulate", "--model", run, "--csv", plant).out().lines().toList();
    assertEquals("row,y", lines.getFirst());
    assertEquals(298, lines.size());
  }

  @Test
  void infoSaysWhatTheModelIs() {
    CommandRun fit = succeeds(fit("--json --input u,v --cell gru --hidden 3 --k2 30"));
    CommandRun info = succeeds("info", run);
    for (String word :
        List.of(
            "y from u, v",
            "3 gru",
            "input delays 0",
            "parameters",
            "(y − 2",
            "initial outputs measured",
            "k2 30",
            "test RMSE",
            "config.json")) {
      assertTrue(info.out().contains(word), () -> word + " in " + info.out());
    }
    assertTrue(info.err().contains("unspool simulate"), info.err());
    JsonObject json = succeeds("info", run, "--json").json();
    assertEquals(
        fit.json().getAsJsonObject("test").get("rmse"),
        json.getAsJsonObject("figures").getAsJsonObject("test").get("rmse"));
    assertEquals(
        List.of("folder", "config", "equations", "parameters", "figures", "files"),
        List.copyOf(json.keySet()));
  }

  @Test
  void aLongTableIsScreenedWhereThePlantMoves() throws IOException {
    List<String> moving = Files.readAllLines(TinyPlant.table(plant, 12_000, 1));
    List<String> resting = Collections.nCopies(6_000, "0,0,3,20,0,20");
    var lines = new ArrayList<String>(List.of(moving.getFirst()));
    lines.addAll(resting);
    lines.addAll(moving.subList(1, moving.size()));
    Files.write(plant, lines);
    String brief = "--hidden 2 --starts 2 --start-iterations 3 --iterations 20 --force";
    CommandRun fit = succeeds(fit(brief + " --json"));
    assertTrue(fit.err().contains("starts are screened on rows 5002 to 10004"), fit.err());
    assertTrue(percent(fit.json(), "test") > 80, fit::toString);
    CommandRun rest = succeeds(fit(brief + " --initial zero --target z --normalise rms"));
    assertFalse(rest.err().contains("screened"), "at the beginning nothing moves");
    CommandRun one = succeeds(fit(brief.replace("--starts 2", "--starts 1")));
    assertFalse(one.err().contains("screened"), one.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"zero --target z --normalise rms", "estimated", "estimated --target y,z"})
  void aRunCanBeginWithoutMeasuredRows(String initial) {
    CommandRun fit = succeeds(fit("--initial " + initial + " --valid 0.1 --seed 2 --json"));
    for (String part : List.of("train", "valid", "test")) {
      assertTrue(percent(fit.json(), part) > 80, fit::toString);
    }
    CommandRun again = succeeds("simulate", "--model", run, "--csv", plant, "--json");
    assertEquals(0, again.json().get("first_row").getAsInt());
    assertTrue(again.json().get("fit_percent").getAsDouble() > 80, again::toString);
  }

  @Test
  void initialOutputsAreEstimatedForEveryTable() throws IOException {
    List<String> lines = Files.readAllLines(plant);
    var cut = new ArrayList<String>(List.of(lines.getFirst()));
    cut.addAll(lines.subList(133, lines.size()));
    Path later = Files.write(folder.resolve("later.csv"), cut);
    CommandRun estimated =
        succeeds(fit("--initial estimated --test 0 --test-csv " + later + " --json"));
    assertTrue(percent(estimated.json(), "test") > 90, estimated::toString);
    CommandRun simulate = succeeds("simulate", "--model", run, "--csv", later, "--json");
    assertEquals(estimated.json().getAsJsonObject("test").get("rmse"), simulate.json().get("rmse"));
    assertTrue(simulate.err().contains("estimated from the first 168 rows"), simulate.err());

    Path single = Files.write(folder.resolve("single.csv"), cut.subList(0, 2));
    CommandRun one = succeeds("simulate", "--model", run, "--csv", single, "--json");
    assertTrue(one.err().contains("too few rows to estimate 3 initial outputs"), one.err());
    assertEquals(1, one.json().getAsJsonObject("targets").getAsJsonArray("y").size());
  }

  @Test
  void aPlantCanBeSimulatedWithoutAnyMeasurement() throws IOException {
    succeeds(fit(""));
    Path inputs = folder.resolve("inputs.csv");
    Files.write(
        inputs, Stream.concat(Stream.of("u"), Stream.generate(() -> "0.5").limit(50)).toList());
    CommandRun simulate = succeeds("simulate", "--model", run, "--csv", inputs);
    assertEquals(51, simulate.out().lines().count());
    assertTrue(simulate.err().contains("at the mean of its columns"), simulate.err());
    assertFalse(simulate.err().contains("units"), simulate.err());

    Files.write(inputs, List.of("u", "0.5", "500", "0.5"));
    CommandRun far = succeeds("simulate", "--model", run, "--csv", inputs);
    assertTrue(far.err().contains("input 'u' goes to 500, "), far.err());
    assertTrue(far.err().contains("are the units the same?"), far.err());
  }
}
