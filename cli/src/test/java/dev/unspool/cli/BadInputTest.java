// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.run.LimitConfig;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.RateConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TrainingConfig;
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

/** Every mistake gets one line that says what to do, and no stack trace. */
final class BadInputTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path text = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    text = TinyData.text(folder);
    run = folder.resolve("run");
  }

  private String trainFails(int status, Object... more) {
    Object[] words =
        Stream.concat(Stream.of("train", "--csv", table, "--out", run), Stream.of(more)).toArray();
    String line = fails(status, words);
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
    return line;
  }

  private void trained() {
    CommandRun.succeeds(TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run));
  }

  private void trainedText() {
    CommandRun.succeeds(TinyData.quick("train", "--text", text, "--out", run));
  }

  @ParameterizedTest
  @CsvSource({
    "--k1, 0, k1",
    "--k2, 0, --k2",
    "--k2, -1, --k2",
    "--k2, 2147483647, --k2 2147483647",
    "--k2, 1000000000000, --k2': '1000000000000' is not a whole number from -2147483648 to",
    "--max-updates, 1e3, --max-updates': '1e3' is not a whole number",
    "--hidden, -1, hidden",
    "--layers, 0, layers",
    "--layers, 2000000000, 1 to 1024",
    "--threads, -1, --threads",
    "--threads, 100000, 1 to 1024",
    "--threads, many, auto",
    "--lanes, 0, lanes",
    "--dropout, 1, dropout",
    "--init, xavier, orthogonal",
    "--init, uniform:0, above 0",
    "--init, chrono:0, as in chrono:100",
    "--init, chrono:2, more than 2 steps",
    "--cell, lru:units=x, 'units=x: expected a whole number;'",
    "--cell, lru:, behind the colon",
    "--cell, gru:redraw=5, recurrent-dropout",
    "--cell, Leaky.java:zoneout=0.1, built-in cells alone",
    "--cell, slstm:heads=3, heads=3: 64 units",
    "--cell, projected-lstm:size=64, size=64: a projection is smaller",
    "--cell, lru:phase=1e300, phase=1.0E300",
    "--forget-bias, 1, --cell lstm",
    "--forget-bias, x, --forget-bias",
    "--epochs, -1, --epochs",
    "--lr, 0, --lr",
    "--lr, NaN, --lr",
    "--k1, abc, --k1",
    "--cell, transformer, rnn-tanh",
    "--optimizer, sdg, adamw",
    "--policy, none, as-applied",
    "--loss-at, first, last:M",
    "--loss-at, last:0, last:M",
    "--horizon, 0, --horizon",
    "--horizon, -1, --horizon",
    "--valid, 1, --valid",
    "--test, 0.95, nothing to train on",
    "--momentum, 0.9, sgd",
    "--weight-decay, 0.1, adamw",
    "--tokens, words, --csv",
    "--embedding, 3, --text",
    "--separator, ab, --separator",
    "--decimal, :, --decimal",
    "--normalise, minmax, robust",
    "--target, '\"wave', not closed",
    "--target, 'wave,', without a name",
    "--clip, -1, --clip",
    "--patience, -1, --patience",
    "--max-minutes, -1, --max-minutes must not be negative",
    "--max-minutes, NaN, is not a finite number",
    "--max-minutes, 1e400, is not a finite number",
    "--clip, 1e400, is not a finite number",
    "--clip-value, x, is not a finite number",
    "--report-every, Infinity, is not a finite number",
    "--hidden, '', is not a whole number",
    "--out, '', is no file and no folder",
    "--from, '', is no file and no folder",
    "--seeds, -2, --seeds must be at least 1",
    "--report-every, 0, --report-every",
    "--decay-factor, 3, --decay-factor is for --schedule step",
    "--decay-after, 1, --decay-after is for --schedule step",
  })
  void badValuesOfOptions(String option, String value, String expected) {
    says(trainFails(2, "--target", "wave", option, value), expected, "--help");
  }

  @Test
  void wordsThatMakeNoSense() {
    says(fails(2), "a command is missing", "--help");
    says(fails(2, "nonsense"), "nonsense", "--help");
    says(fails(2, "train", "--nonsense"), "--nonsense", "unspool train --help");
    says(fails(2, "train"), "--csv", "--text");
    says(fails(2, "info"), "RUN");
    says(fails(2, "train", "--csv", table, "--text", text), "exclude");
    says(fails(2, "train", "--csv", table), "--target");
    says(fails(2, "train", "--text", text, "--target", "x"), "--target", "--text");
  }

  @Test
  void trainingThatWouldNeverEnd() {
    says(trainFails(2, "--target", "wave", "--epochs", "0"), "--max-minutes");
    says(
        trainFails(
            2, "--target", "wave", "--epochs", "0", "--patience", "3", "--schedule", "cosine"),
        "--epochs");
  }

  @Test
  void whatWouldDoNothing() throws IOException {
    String validation = "--patience is for runs with a validation part";
    says(
        trainFails(2, "--target", "wave", "--schedule", "constant", "--warm-up", 3),
        "--warm-up is for --schedule cosine");
    says(trainFails(2, "--target", "wave", "--valid", 0, "--patience", 3), validation);
    says(fails(2, "train", "--text", text, "--valid", 0, "--patience", 3), validation);
    says(
        fails(
            2,
            "fit",
            "--csv",
            table,
            "--input",
            "force",
            "--target",
            "driven",
            "--valid",
            0,
            "--patience",
            3),
        validation);
    Object[] words = TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run);
    CommandRun.succeeds(TinyData.changed(words, "--valid 0 --patience 0"));
    says(fails(2, "resume", run, "--patience", 3), validation);
    says(fails(2, "train", "--from", run, "--patience", 3), validation);
    says(fails(2, "fit", "--from", run, "--patience", 3), validation);
    CommandRun.succeeds("resume", run, "--patience", 0);
    says(fails(2, "forecast", run, "--seed", 1), "--seed is for models that say a distribution");
    says(fails(2, "forecast", run, "--paths", 9), "--paths is for models that say a distribution");
    CommandRun.succeeds(TinyData.changed(words, "--force --loss gaussian"));
    says(fails(2, "forecast", run, "--paths", 0, "--seed", 1), "--seed", "--paths 0 draws nothing");
    CommandRun.succeeds("forecast", run, "--seed", 1);
  }

  /** Older versions kept settings that did nothing. */
  @Test
  void aRunThatKeepsWhatDoesNothingGoesOn() throws IOException {
    Object[] words = TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run);
    CommandRun.succeeds(TinyData.changed(words, "--valid 0"));
    RunFolder kept = RunFolder.open(run);
    RunConfig config = kept.readConfig();
    TrainingConfig training = config.requireTraining();
    LimitConfig limit = training.limit();
    RateConfig rate = training.rate();
    TrainingConfig idle =
        training
            .with(new LimitConfig(limit.epochs(), 3, limit.maxMinutes(), limit.maxUpdates()))
            .with(new RateConfig(rate.lr(), rate.schedule(), rate.warmUp(), 1, 3.5));
    kept.writeConfig(config.with(idle));
    CommandRun.succeeds("resume", run, "--epochs", 4);
    CommandRun.succeeds("forecast", run);
  }

  @Test
  void optionsThatDoNothingToATextAreRefused() {
    trainedText();
    for (String option : List.of("--horizon", "--season", "--band", "--separator", "--decimal")) {
      String value = option.equals("--band") ? "0.5" : option.equals("--decimal") ? "," : "3";
      says(fails(2, "evaluate", run, option, value), option, "is a model of text");
    }
  }

  @Test
  void missingFiles() {
    Path none = folder.resolve("none");
    says(fails(1, "train", "--csv", none, "--target", "x", "--out", run), "none");
    says(fails(1, "train", "--text", none, "--out", run), "none");
    says(fails(1, "train", "--csv", folder, "--target", "x", "--out", run), folder.toString());
    for (String command : List.of("resume", "evaluate", "forecast", "generate", "info")) {
      says(fails(1, command, none), "none", "no such run folder");
      says(fails(1, command, folder), "config.json");
    }
  }

  @Test
  void filesThatHoldNothing() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    says(fails(1, "train", "--csv", empty, "--target", "x", "--out", run), "empty");
    says(fails(1, "train", "--text", empty, "--out", run), "empty");
    Files.writeString(empty, "x,y\n");
    says(fails(1, "train", "--csv", empty, "--target", "x", "--out", run), "empty");
    Files.writeString(empty, "x,y\n1,2\n");
    says(fails(1, "train", "--csv", empty, "--target", "x", "--out", run), "empty");
    Files.writeString(empty, "a");
    says(fails(1, "train", "--text", empty, "--out", run), "empty");
  }

  @Test
  void aColumnThatIsNotThere() {
    says(trainFails(2, "--target", "wafe"), "wafe", "'time', 'wave', 'force', 'driven'");
    says(trainFails(2, "--target", "wave", "--input", "forse"), "forse", "'time', 'wave'");
  }

  @Test
  void aCellThatIsNoNumber() throws IOException {
    List<String> lines = Files.readAllLines(table);
    for (String bad : List.of("NaN", "abc", "", "Infinity", "1e309")) {
      lines.set(7, "6," + bad + ",1,2");
      Files.write(table, lines);
      says(trainFails(1, "--target", "wave"), "table.csv:8", "wave", "--skip-bad-rows");
    }
    CommandRun skipping =
        CommandRun.succeeds(
            TinyData.quick(
                "train", "--csv", table, "--target", "wave", "--out", run, "--skip-bad-rows"));
    says(skipping.err(), "1 bad row");
    says(CommandRun.succeeds("info", run).out(), "199 rows (1 bad one left out)");
  }

  @Test
  void numbersThatFitOneFormatOnly() throws IOException {
    List<String> lines = Files.readAllLines(table);
    lines.set(7, "6,1e309,1,2");
    Files.write(table, lines);
    says(trainFails(1, "--target", "wave"), "table.csv:8", "1e309", "float64", "1.8e308");
    lines.set(7, "6,1e200,1,2");
    Files.write(table, lines);
    says(trainFails(1, "--target", "wave"), "wave", "too large", "1.8e308");
    lines.set(7, "6,2,1,2");
    lines.set(190, "189,1e39,1,2");
    Files.write(table, lines);
    says(trainFails(1, "--target", "wave"), "wave", "1.000e+39", "row 189", "float32", "3.4e38");
  }

  @Test
  void aTargetThatNeverMoves() throws IOException {
    List<String> lines = Files.readAllLines(table);
    lines.replaceAll(line -> line + (line.startsWith("time") ? ",still" : ",7"));
    Files.write(table, lines);
    says(
        trainFails(1, "--target", "still"),
        "'still' is 7 in all 140 training rows",
        "nothing to learn");
  }

  @Test
  void tooLittleToJudge() throws IOException {
    trained();
    Path one = Files.writeString(folder.resolve("one.csv"), "wave\n1\n");
    says(fails(1, "evaluate", run, "--csv", one), "1 row;", "a horizon of 1 needs at least 2");
    CommandRun.succeeds("forecast", run, "--csv", one, "--steps", "2");
    Path other = folder.resolve("other");
    CommandRun.succeeds(TinyData.quick("train", "--text", text, "--out", other));
    Path letter = Files.writeString(folder.resolve("letter.txt"), "a");
    says(fails(1, "evaluate", other, "--text", letter), "1 token;", "at least 2");
  }

  @Test
  void textsThatAreTooShort() throws IOException {
    Path few = Files.writeString(folder.resolve("few.txt"), "abc");
    String[] half = {"--valid", "0.5", "--test", "0.3"};
    says(
        fails(1, "train", "--text", few, "--out", run, half[0], half[1], half[2], half[3]),
        "of 3 tokens, none are left to train on");
    Path four = Files.writeString(folder.resolve("four.txt"), "abcd");
    says(
        fails(1, TinyData.quick("train", "--text", four, "--out", folder.resolve("other"))),
        "4 tokens, of which 3 are for training",
        "2 lanes: at least 4 are needed");
  }

  @Test
  void aFolderThatHoldsARunAlready() throws IOException {
    trained();
    Object[] again = TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run);
    says(fails(1, again), "resume", "--force");
    CommandRun.succeeds(Stream.concat(Stream.of(again), Stream.of("--force")).toArray());
    Path file = Files.createFile(folder.resolve("file"));
    says(
        fails(1, TinyData.quick("train", "--csv", table, "--target", "wave", "--out", file)),
        "file");
  }

  @Test
  void aConfigurationThatCannotBeRead() throws IOException {
    trained();
    String config = Files.readString(run.resolve("config.json"));
    for (String damaged :
        List.of(
            "",
            "nonsense",
            "{}",
            config.substring(0, config.length() / 2),
            config.replace("\"gru\"", "\"transformer\""),
            config.replace("\"k2\": 10", "\"k2\": 0"),
            config.replace("\"format\": 4", "\"format\": 99"),
            config.replace("\"csv\"", "\"cvs\""),
            config.replace("\"training\"", "\"trainings\""))) {
      Files.writeString(run.resolve("config.json"), damaged);
      for (String command : List.of("resume", "evaluate", "forecast", "generate", "info")) {
        says(fails(1, command, run), "config.json");
      }
    }
  }

  @Test
  void aCheckpointThatIsDamaged() throws IOException {
    trained();
    try (Stream<Path> files = Files.list(run.resolve("checkpoint"))) {
      for (Path file : files.toList()) {
        byte[] intact = Files.readAllBytes(file);
        byte[] damaged = intact.clone();
        damaged[damaged.length / 2] ^= 0x55;
        Files.write(file, damaged);
        says(fails(1, "resume", run), "checkpoint");
        says(fails(1, "evaluate", run), "checkpoint");
        Files.delete(file);
        says(fails(1, "evaluate", run), "checkpoint");
        Files.write(file, intact);
        CommandRun.succeeds("evaluate", run);
      }
    }
  }

  @Test
  void aCheckpointOfAnotherModel() throws IOException {
    trained();
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    NetworkConfig old = config.requireNetwork();
    var larger = new NetworkConfig(old.cell(), 9, 1, 0, 0, false, false, null, null, null);
    folder.writeConfig(config.with(larger));
    says(fails(1, "evaluate", run), "checkpoint");
  }

  @Test
  void aPlaceThatCannotBeWrittenTo() throws IOException {
    Files.createDirectories(run);
    Files.createFile(run.resolve("checkpoint"));
    Object[] words = TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run);
    says(fails(1, words), "checkpoint", "in the way");
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
  }

  @Test
  void dataThatHaveChanged() throws IOException {
    trained();
    TinyData.table(table, 190);
    says(fails(1, "resume", run), "changed", "200", "190");
    says(fails(1, "evaluate", run), "changed");
    Files.delete(table);
    says(fails(1, "resume", run), "table.csv");
  }

  @Test
  void commandsForTheOtherKindOfRun() {
    trainedText();
    says(fails(2, "forecast", run), "generate");
    says(fails(2, "evaluate", run, "--csv", table), "--text");
    says(fails(2, "generate", run, "--length", "0"), "--length");
    says(fails(2, "generate", run, "--temperature", "-1"), "temperature");
    Path other = folder.resolve("other");
    CommandRun.succeeds(
        TinyData.quick("train", "--csv", table, "--target", "wave", "--out", other));
    says(fails(2, "generate", other), "forecast");
    says(fails(2, "evaluate", other, "--text", text), "--csv");
    says(fails(2, "forecast", other, "--steps", "0"), "--steps");
    says(fails(2, "forecast", other, "--future", table), "not needed");
  }

  @Test
  void debugShowsWhereAnErrorComesFrom() {
    CommandRun failed = CommandRun.of("info", folder.resolve("none"), "--debug");
    assertEquals(1, failed.status());
    assertTrue(failed.err().contains("\tat dev.unspool"), failed.err());
  }
}
