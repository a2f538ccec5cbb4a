// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake in a fit gets one line that says what to do. */
final class FitBadInputTest {
  @TempDir Path folder;
  Path plant = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    plant = TinyPlant.table(folder.resolve("plant.csv"), 120, 1);
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
      "2",
      "--iterations",
      "5",
      "--starts",
      "1"
    };
    return options.isEmpty() ? words : TinyData.changed(words, options);
  }

  private void refused(int status, String options, String... words) {
    says(fails(status, fit(options)), words);
    assertFalse(Files.exists(run), "nothing is left behind");
  }

  @ParameterizedTest
  @CsvSource({
    "--hidden 0, at least one unit",
    "--hidden x, --hidden",
    "--hidden 2147483647, fewer units or delays",
    "--hidden 60000 --cell lstm, fewer units or delays",
    "--hidden 60000;60000, fewer units or delays",
    "--hidden 2147483648, --hidden",
    "--input-delays 1-2147483647, up to 10000",
    "--starts 2147483647, at most 100000",
    "--iterations 2147483648, --iterations",
    "--cell transformer, gru",
    "--input-delays -1, --input-delays",
    "--input-delays 3-1, 1-10",
    "--output-delays 0, at least 1",
    "--output-delays 1-, none",
    "--input-delays none --output-delays none, sees nothing",
    "--cell gru --internal-delays 1, tanh",
    "--iterations 0, --iterations",
    "--starts 0, --starts",
    "--start-iterations 0, --start-iterations",
    "--patience -1, --patience",
    "--max-minutes -1, --max-minutes",
    "--k2 -1, --k2",
    "--k2 abc, option '--k2'",
    "--k2 1000000000000, option '--k2'",
    "--k2 5 --training series-parallel, no meaning",
    "--warm-up -1, --warm-up",
    "--warm-up 2147483647, 0 to 1000000000",
    "--damping none, nielsen",
    "--initial guessed, estimated",
    "--initial estimated --output-delays none, no meaning",
    "--initial estimated --training series-parallel, --training parallel",
    "--optimizer adam, lm",
    "--training both, series-parallel",
    "--normalise all, standard",
    "--valid 1, --valid",
    "--test 0.9, nothing to train on",
    "--test 0.1 --test-csv x.csv, exclude",
    "--target u, only copy it",
  })
  void badValuesOfOptions(String options, String expected) {
    refused(2, options.replace(';', ','), expected, "fit --help");
  }

  @Test
  void wordsThatAreMissing() {
    says(fails(2, "fit"), "--csv");
    says(fails(2, "fit", "--csv", plant, "--input", "u"), "--target");
    says(fails(2, "fit", "--csv", plant, "--target", "y"), "--input", "unspool train");
    says(fails(2, "simulate", "--csv", plant), "--model");
  }

  @Test
  void tablesThatCannotBeLearnedFrom() throws IOException {
    refused(2, "--input w", "'w'", "'u', 'v', 'c', 'y', 'z'");
    refused(2, "--input same", "'same' equals target 'y'", "--input");
    refused(1, "--target c", "'c' is 3", "there is nothing to learn");
    refused(1, "--target y,c", "'c' is 3");
    refused(1, "--hidden 30", "72 are for training", "cannot determine", "--hidden");
    refused(1, "--hidden 60000", "540001 parameters", "--hidden");
    refused(1, "--internal-delays 1-9999", "cannot determine", "delays");
    refused(1, "--input-delays 0-80", "first 80", "shorter delays");
    refused(1, "--csv " + folder.resolve("none.csv"), "none.csv");
    Path few = TinyPlant.table(folder.resolve("few.csv"), 2, 1);
    refused(1, "--test-csv " + few, "few.csv", "leave none to judge");
    List<String> lines = Files.readAllLines(plant);
    lines.set(5, "NaN,1,1,1,1,1");
    Files.write(plant, lines);
    refused(1, "", "plant.csv:6", "--skip-bad-rows");
    says(succeeds(fit("--skip-bad-rows")).err(), "1 bad row");
  }

  @Test
  void whatTheDataDoNotDetermineIsSaidAndNotFatal() {
    CommandRun twice = succeeds(fit("--input u,v --iterations 60"));
    says(twice.out(), "within two standard errors of 0", "not at all, JᵀJ is singular");
    says(succeeds(fit("--input u,c --force")).err(), "input 'c' never moves");
  }

  @Test
  void anOptionGivenTwiceIsNotIgnored() {
    var words = new ArrayList<>(List.of(fit("--seed 3")));
    words.addAll(List.of("--damping", "classic", "--seed", "4"));
    says(fails(2, words.toArray()), "--seed is given twice");
  }

  @Test
  void aPartInWhichNothingMovesIsSaid() throws IOException {
    List<String> lines = Files.readAllLines(plant);
    Collections.fill(lines.subList(73, lines.size()), lines.get(73));
    Files.write(plant, lines);
    CommandRun fit = succeeds(fit("--json"));
    says(fit.err(), "never moves in the validation part", "never moves in the test part");
    assertTrue(
        fit.json().getAsJsonObject("test").get("fit_percent").isJsonNull(), "a constant has none");
  }

  @Test
  void placesThatCannotBeWrittenTo() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path out : List.of(file, file.resolve("a/b"))) {
      CommandRun fit = CommandRun.of(fit("--json --out " + out));
      assertEquals(1, fit.status());
      assertEquals("", fit.out());
      assertEquals(1, fit.err().lines().count(), "before anything is fitted: " + fit.err());
      says(fit.err(), file + " is in the way");
    }
    succeeds(fit("--max-minutes 1e300"));
    CommandRun simulated =
        CommandRun.of("simulate", "--model", run, "--csv", plant, "--plot", file.resolve("p.png"));
    assertEquals(1, simulated.status());
    assertTrue(simulated.out().startsWith("row,y\n"), "what was computed is not lost");
    says(simulated.err(), "p.png");
  }

  @Test
  void foldersThatAreTaken() throws IOException {
    succeeds(fit(""));
    says(fails(1, fit("")), "holds a fitted model already", "--force");
    says(fails(1, "resume", run), "unspool simulate");
    succeeds(fit("--force"));
    Path trained = folder.resolve("trained");
    succeeds(TinyData.quick("train", "--csv", plant, "--target", "y", "--out", trained));
    says(fails(1, fit("--out " + trained)), "holds a run already");
    succeeds("simulate", "--model", trained, "--csv", plant);
    says(
        fails(1, TinyData.quick("train", "--csv", plant, "--target", "y", "--out", run)),
        "holds a fitted model",
        "--force");
  }

  @Test
  void oneProcessAtATimeWritesIntoAFolder() throws IOException {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var console = new Console(nowhere, nowhere, true, false, 80);
    try (FolderLock _ = FolderLock.take(run, console)) {
      says(fails(1, fit("")), "is being written to by process", run.toString());
    }
    succeeds(fit("")); // what was refused is not in the way of what comes next
    try (FolderLock _ = FolderLock.take(run, console)) {
      says(fails(1, fit("--force")), "is being written to by process");
      says(fails(1, "resume", run), "is being written to by process");
      succeeds("info", run);
    }
  }

  @Test
  void modelsThatCannotBeUsed() throws IOException {
    says(
        fails(1, "simulate", "--model", folder.resolve("none"), "--csv", plant),
        "no such run folder");
    succeeds(fit(""));
    Path few = TinyPlant.table(folder.resolve("few.csv"), 3, 1);
    says(fails(1, "simulate", "--model", run, "--csv", few), "leave none to simulate");
    Path other = Files.writeString(folder.resolve("other.csv"), "x\n1\n2\n");
    says(fails(2, "simulate", "--model", run, "--csv", other), "no column 'u'");
    Path model = run.resolve("config.json");
    String intact = Files.readString(model);
    for (String damaged :
        List.of(
            "",
            "nonsense",
            "{}",
            intact.replace("\"format\": 4", "\"format\": 99"),
            intact.replace("\"initial\"", "\"final\""),
            intact.replace("\"measured\"", "\"guessed\""),
            intact.replace("\"normalise\"", "\"normal\""),
            intact.replace("\"feed\"", "\"food\""),
            intact.replace("\"deviation\"", "\"deviations\""),
            intact.replace("\"facts\"", "\"fiction\""),
            intact.replace("\"narx\"", "\"nard\""),
            intact.replace("\"fitting\"", "\"fit\""),
            intact.replace("\"crc32c\": \"", "\"crc32c\": \"0"))) {
      Files.writeString(model, damaged);
      says(fails(1, "simulate", "--model", run, "--csv", plant), "config.json");
    }
    Files.writeString(model, intact);
    String figures = Files.readString(run.resolve("metrics.json"));
    for (String damaged : List.of("nonsense", "{}", figures.replace("\"train\"", "\"trail\""))) {
      Files.writeString(run.resolve("metrics.json"), damaged);
      says(fails(1, "info", run, "--json"), "metrics.json is damaged");
    }
    Files.delete(run.resolve("metrics.json"));
    says(succeeds("info", run).out(), "none: metrics.json is not there");
    Files.writeString(run.resolve("best.safetensors"), "short");
    says(fails(1, "info", run), "best.safetensors");
    says(fails(1, "simulate", "--model", run, "--csv", plant), "best.safetensors");
    Files.delete(run.resolve("best.safetensors"));
    says(fails(1, "simulate", "--model", run, "--csv", plant), "best.safetensors");
  }
}
