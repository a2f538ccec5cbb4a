// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.QUICK;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.checkpoint.DType;
import dev.unspool.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one command has begun, another goes on with. */
final class FromTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");
  Path fit = Path.of("");
  Path on = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
    fit = folder.resolve("run-fit");
    on = folder.resolve("on");
  }

  private void train(String options) {
    Object[] words = quick("train", "--csv", table, "--target", "driven", "--out", run);
    succeeds(
        TinyData.changed(words, options.contains("--hidden") ? options : "--hidden 3 " + options));
  }

  /** A training from another folder, without what says how its network is built. */
  private static Object[] from(Path source, Object... words) {
    var all = new ArrayList<Object>(List.of("train", "--from", source));
    all.addAll(List.of(words));
    all.addAll(QUICK.subList(2, QUICK.size()));
    return all.toArray();
  }

  private Object[] fit(String options) {
    Object[] words = {"fit", "--from", run, "--iterations", "8"};
    return options.isEmpty() ? words : TinyData.changed(words, options);
  }

  private static JsonObject config(Path run) throws IOException {
    return CommandRun.json(Files.readString(run.resolve("config.json")));
  }

  private static double rmse(CommandRun run) {
    return run.json().getAsJsonObject("valid").get("rmse").getAsDouble();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--input force",
        "--input force,driven --cell lstm --hidden 2 --layers 2",
        "--input force --cell gru,rnn-tanh --hidden 3,2 --layers 2 --residual --head 3",
        "--input driven --predict level --normalise robust --learned-initial-state",
        "--input force --target driven,wave --normalise rms --horizon 1",
      })
  void aFitFinishesWhatATrainingHasBegun(String options) throws IOException {
    train(options);
    JsonObject before = succeeds("evaluate", run, "--json").json();
    CommandRun finished = succeeds(fit("--json"));
    assertTrue(
        Files.exists(fit.resolve("convergence.png")) && Files.exists(fit.resolve("forecast.png")));
    if (!options.contains("driven,wave")) {
      double trained = before.getAsJsonObject("valid").get("rmse").getAsDouble();
      assertTrue(rmse(finished) < trained, () -> trained + " became " + finished);
      assertEquals(rmse(finished), rmse(succeeds("evaluate", fit, "--json")), 0);
    }
    assertTrue(finished.err().contains("from the weights of "), finished.err());
    assertFalse(Files.readString(fit.resolve("metrics.json")).contains("--s"), "--starts, --seed");
    assertEquals(config(run).get("network"), config(fit).get("network"));
    assertEquals(
        config(run).getAsJsonObject("csv").get("facts"),
        config(fit).getAsJsonObject("csv").get("facts"),
        "columns and scales are kept");
    var weights = Safetensors.read(fit.resolve("best.safetensors")).tensors();
    assertEquals(
        Safetensors.read(run.resolve("best.safetensors")).tensors().keySet(), weights.keySet());
    assertTrue(weights.values().stream().allMatch(tensor -> tensor.type() == DType.F64));
    String info = succeeds("info", fit).out();
    assertTrue(info.contains("from        " + run), info);
    assertTrue(info.contains("fitting     lm, k2 10"), info);
    assertTrue(fails(1, "resume", fit).contains("has ended"));
    assertTrue(fails(1, fit("")).contains("holds a fitted model already"));
    succeeds(fit("--force --iterations 1"));
  }

  @Test
  void aTrainingThatMakesItWorseSaysSo() {
    train("--epochs 20");
    CommandRun worse = succeeds(TinyData.changed(from(run, "--out", on), "--lr 5 --epochs 1"));
    assertTrue(
        worse.err().contains("the weights it began with had a validation loss of "), worse.err());
    assertTrue(worse.err().contains("such as --lr 0.5"), worse.err());
    CommandRun as =
        succeeds(TinyData.changed(from(run, "--out", on), "--lr 1e-9 --epochs 1 --force"));
    assertFalse(as.err().contains("such as --lr"), as.err());
  }

  @Test
  void aTrainingGoesOnFromARunAndFromAFit() throws IOException {
    train("--input force,driven");
    succeeds(fit(""));
    for (Path source : new Path[] {run, fit}) {
      CommandRun first =
          succeeds(TinyData.changed(from(source, "--out", on), "--lr 1e-12 --force"));
      String before = succeeds("evaluate", source).out();
      assertEquals(before, first.out(), "with no rate to speak of nothing changes");
      assertEquals(config(source).get("network"), config(on).get("network"));
      assertEquals(
          config(source).getAsJsonObject("csv").get("facts"),
          config(on).getAsJsonObject("csv").get("facts"));
      succeeds("resume", on, "--epochs", "4");
      assertTrue(succeeds("info", on).out().contains("from        " + source));
    }
    assertTrue(fails(1, from(run, "--out", on)).contains("holds a run already"));
    succeeds(from(run));
    assertTrue(Files.exists(folder.resolve("run-on").resolve("checkpoint")));
  }

  @Test
  void scalesStayUnlessOthersAreAskedFor() throws IOException {
    train("--input force,driven");
    Path other = TinyData.table(folder.resolve("other.csv"), 150);
    succeeds(from(run, "--csv", other, "--out", on));
    JsonObject old = config(run).getAsJsonObject("csv").getAsJsonObject("facts");
    JsonObject kept = config(on).getAsJsonObject("csv").getAsJsonObject("facts");
    assertEquals(old.get("mean"), kept.get("mean"));
    assertEquals(old.get("change"), kept.get("change"));
    assertEquals(150, kept.get("rows").getAsInt());
    succeeds("resume", on, "--epochs", "4");
    succeeds(
        TinyData.changed(
            from(run, "--csv", other, "--out", on), "--normalise robust --force --valid 0.2"));
    JsonObject asked = config(on).getAsJsonObject("csv");
    assertFalse(old.get("mean").equals(asked.getAsJsonObject("facts").get("mean")));
    assertEquals(0.2, asked.getAsJsonObject("held_out").get("valid").getAsDouble());
    succeeds(fit("--csv " + other + " --valid 0 --out " + folder.resolve("elsewhere")));
  }

  @Test
  void aTextGoesOnWithItsWords() throws IOException {
    Path text = TinyData.text(folder);
    Object[] words = quick("train", "--text", text, "--tokens", "words", "--out", run);
    succeeds(TinyData.changed(words, "--epochs 1"));
    Path sequel = Files.writeString(folder.resolve("sequel.txt"), "Wasser und Öl\n".repeat(90));
    succeeds(TinyData.changed(from(run, "--out", on), "--epochs 1"));
    succeeds(TinyData.changed(from(run, "--text", sequel, "--out", on), "--epochs 1 --force"));
    assertArrayEquals(
        Files.readAllBytes(run.resolve("vocabulary.txt")),
        Files.readAllBytes(on.resolve("vocabulary.txt")));
    succeeds("generate", on, "--length", 3);
    assertTrue(fails(2, fit("")).contains("is a model of text"));
    assertTrue(fails(2, from(run, "--csv", table)).contains("--csv is for tables"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--target wave   | --target does not go with --from",
        "--horizon 2     | --horizon does not go with --from",
        "--quantiles 0.1,0.9 | --quantiles does not go with --from",
        "--decimal ,     | for another table than the run's own",
        "--separator ;   | for another table than the run's own",
        "--skip-bad-rows | for another table than the run's own",
        "--forget-bias 1 | --forget-bias does not go with --from",
        "--init normal:1 | --init does not go with --from",
        "--hidden 7      | gru 2→7, 1 layer, 1 output",
        "--cell lstm     | has other weights than the one asked for",
      })
  void aShapeThatDoesNotFitIsSaid(String options, String said) {
    train("--input force,driven");
    String line = fails(2, TinyData.changed(from(run, "--out", on), options));
    assertTrue(line.contains(said), line);
    assertFalse(Files.exists(on.resolve("config.json")));
  }

  @Test
  void whatCannotBeGoneOnWithIsSaid() throws IOException {
    train("--input force");
    String line = fails(2, fit("--hidden 4"));
    assertTrue(line.contains("--hidden does not go with --from"), line);
    line = fails(2, fit("--normalise rms"));
    assertTrue(line.contains("--normalise does not go with --from"), line);
    line = fails(1, "fit", "--from", folder.resolve("none"));
    assertTrue(line.contains("there is no such run folder"), line);
    Path moved = Files.move(table, folder.resolve("moved.csv"));
    assertTrue(fails(1, fit("")).contains("--csv FILE"));
    succeeds(fit("--csv " + moved));
    Path plant = folder.resolve("plant");
    succeeds(
        TinyData.changed(
            new Object[] {"fit", "--csv", moved, "--input", "force", "--target", "driven"},
            "--hidden 2 --starts 1 --iterations 2 --out " + plant));
    line = fails(2, TinyData.changed(from(plant), "--hidden 3"));
    assertTrue(line.contains("taps and layers are those of"), line);
    line = fails(2, "train", "--from", plant, "--text", moved);
    assertTrue(line.contains("--text is for texts; use --csv FILE"), line);
    line = fails(2, "train", "--from", run, "--text", moved);
    assertTrue(line.contains("is a model of a table"), line);
    line = fails(2, "train", "--from", plant, "--gradient", "rtrl");
    assertTrue(line.contains("is a NARX model") && line.contains("leave it out"), line);
    assertTrue(fails(2, "fit", "--from", plant, "--hidden", 3).contains("--hidden does not go"));
    line = fails(2, fit("--initial zero"));
    assertTrue(line.contains("is a network, and judged as it was trained"), line);
    table = moved;
    train("--input force --loss gaussian --force");
    assertTrue(fails(2, fit("--force")).contains("--loss gaussian"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--normalise robust",
        "--renormalise",
        "--decimal ,",
        "--separator ;",
        "--skip-bad-rows",
        "--zone UTC",
        "--time none",
      })
  void whatIsForTablesDoesNothingToAText(String options) throws IOException {
    Object[] words = quick("train", "--text", TinyData.text(folder), "--out", run);
    succeeds(TinyData.changed(words, "--epochs 1"));
    String line = fails(2, TinyData.changed(from(run, "--out", on), options));
    assertTrue(line.contains(options.split(" ")[0] + " does not go with a model of text"), line);
  }

  @Test
  void rowsThatAreToStandAsTheyAre() throws IOException {
    train("--input force,driven");
    succeeds(from(run, "--out", on, "--time", "none")); // as they do anyway
    Path timed = folder.resolve("timed.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(table));
    for (int row = 1; row < lines.size(); row++) {
      lines.set(row, lines.get(row).replaceFirst("^[0-9]+", "" + (1_700_000_000 + 60 * row)));
    }
    Files.write(timed, lines);
    Path other = folder.resolve("timed");
    succeeds(quick("train", "--csv", timed, "--target", "driven", "--out", other));
    String none = "--time none does not go with a model that knows the time of a row";
    String line = fails(2, from(other, "--out", on, "--force", "--time", "none"));
    assertTrue(line.contains(none) && line.contains("time"), line);
    assertTrue(fails(2, "forecast", other, "--csv", timed, "--time", "none").contains(none));
    assertTrue(fails(2, "evaluate", other, "--csv", timed, "--time", "none").contains(none));
    succeeds("forecast", run, "--steps", 1, "--csv", table, "--time", "none");
    line = fails(2, "forecast", run, "--csv", table, "--time", "none", "--zone", "UTC");
    assertTrue(line.contains("this one was trained without"), line);
  }

  @Test
  void aFitSaysWhatItDoesNotRead() {
    train("--input force");
    assertTrue(fails(2, fit("--decimal ,")).contains("for another table than the run's own"));
    assertTrue(fails(2, fit("--skip-bad-rows")).contains("for another table than the run's own"));
  }

  private void plant(String options) {
    Object[] words = {"fit", "--csv", table, "--input", "force", "--target", "driven"};
    succeeds(TinyData.changed(words, "--hidden 2 --starts 1 " + options + " --out " + run));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--iterations 3",
        "--iterations 3 --initial estimated --output-delays 1,2",
        "--iterations 3 --cell gru --output-delays 1 --k2 7 --warm-up 5",
        "--iterations 1 --training series-parallel --normalise robust",
      })
  void aFitOfANarxModelGoesOn(String options) throws IOException {
    plant(options);
    double before = rmse(succeeds("evaluate", run, "--json"));
    CommandRun further = succeeds(fit("--training parallel --json"));
    assertTrue(further.err().contains("from the weights of " + run), further.err());
    double after = rmse(succeeds("evaluate", fit, "--json"));
    assertTrue(after < before, () -> before + " became " + after);
    JsonObject old = config(run);
    JsonObject made = config(fit);
    JsonObject closed = old.getAsJsonObject("narx").deepCopy();
    closed.addProperty("feed", "parallel");
    assertEquals(closed, made.get("narx"));
    assertEquals(old.get("csv"), made.get("csv"), "columns, scales and parts are kept");
    assertEquals(
        old.getAsJsonObject("fitting").get("k2"), made.getAsJsonObject("fitting").get("k2"));
    assertTrue(succeeds("info", fit).out().contains("from        " + run));
    succeeds("fit", "--from", fit, "--iterations", "1", "--out", on);
    assertEquals(after, rmse(succeeds("evaluate", on, "--json")), 0.1 * before, "it begins there");
    assertTrue(fails(1, fit("")).contains("holds a fitted model already"));
    assertTrue(fails(1, "resume", fit).contains("has ended"));
  }

  @Test
  void aNarxModelKeepsItsScalesOnAnotherTable() throws IOException {
    plant("--iterations 3");
    Path other = TinyData.table(folder.resolve("other.csv"), 150);
    succeeds(fit("--csv " + other + " --valid 0.3 --max-minutes 1e-9"));
    JsonObject asked = config(fit).getAsJsonObject("csv");
    JsonObject old = config(run).getAsJsonObject("csv").getAsJsonObject("facts");
    assertEquals(old.get("mean"), asked.getAsJsonObject("facts").get("mean"));
    assertEquals(old.get("deviation"), asked.getAsJsonObject("facts").get("deviation"));
    assertEquals(150, asked.getAsJsonObject("facts").get("rows").getAsInt());
    assertEquals(0.3, asked.getAsJsonObject("held_out").get("valid").getAsDouble());
    CommandRun resumed = succeeds("resume", fit, "--max-minutes", "1");
    assertTrue(resumed.err().contains("going on from the weights"), resumed.err());
    assertTrue(succeeds("info", fit).out().contains("from        " + run));
    plant("--iterations 1 --force --test-csv " + other);
    succeeds(fit("--force"));
    String line = fails(2, fit("--force --test 0.1"));
    assertTrue(line.contains("is judged on a table of its own"), line);
  }

  @Test
  void weightsOfAnotherFitAreFound() throws IOException {
    train("--input force");
    succeeds(fit(""));
    Path other = folder.resolve("other");
    succeeds(fit("--k2 5 --out " + other));
    Path weights = fit.resolve("best.safetensors");
    Files.write(weights, Files.readAllBytes(other.resolve("best.safetensors")));
    for (Object[] command :
        new Object[][] {{"info", fit}, {"evaluate", fit}, {"train", "--from", fit}}) {
      assertTrue(fails(1, command).contains("belongs to another run"));
    }
    Files.delete(weights);
    assertTrue(fails(1, "evaluate", fit).contains("best.safetensors is missing"));
  }

  @Test
  void aFitThatWasStoppedGoesOn() throws IOException {
    train("--input force");
    succeeds(fit("--iterations 100000 --max-minutes 1e-9 --patience 0"));
    assertEquals(
        "time",
        CommandRun.json(Files.readString(fit.resolve("metrics.json")))
            .getAsJsonObject("fitting")
            .get("stop_reason")
            .getAsString());
    CommandRun resumed = succeeds("resume", fit, "--patience", "5", "--max-minutes", "0.05");
    assertTrue(
        resumed.err().contains("going on from the weights of start 1, iteration"), resumed.err());
  }
}
