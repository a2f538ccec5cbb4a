// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.ResultStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Results that cannot be written, or that nobody reads any more. */
final class OutputTest {
  private static final int GONE = 141;

  @TempDir static Path folder = Path.of("");
  private static Path table = Path.of("");
  private static Path plant = Path.of("");

  @BeforeAll
  static void write() throws IOException {
    table = TinyData.table(folder);
    plant = TinyPlant.table(at("plant.csv"), 200, 1);
    CommandRun.succeeds(
        TinyData.quick("train", "--csv", table, "--target", "wave", "--out", at("run")));
    CommandRun.succeeds(
        TinyData.quick("train", "--text", TinyData.text(folder), "--out", at("text")));
    CommandRun.succeeds(fit("model"));
  }

  private static Path at(String name) {
    return folder.resolve(name);
  }

  private static Object[] fit(String name) {
    return new Object[] {
      "fit",
      "--csv",
      plant,
      "--input",
      "u",
      "--target",
      "y",
      "--hidden",
      2,
      "--iterations",
      2,
      "--starts",
      1,
      "--out",
      at(name)
    };
  }

  static Stream<List<Object>> commands() {
    return Stream.of(
        List.of("--help"),
        List.of("--version"),
        List.of("train", "--help"),
        List.of("completion"),
        List.of("info", at("run")),
        List.of("info", at("model")),
        List.of("evaluate", at("run")),
        List.of("evaluate", at("run"), "--json"),
        List.of("forecast", at("run")),
        List.of("resume", at("run")),
        List.of("generate", at("text"), "--length", 5),
        List.of("generate", at("text"), "--length", 5, "--json"),
        List.of("simulate", "--model", at("model"), "--csv", plant),
        List.of(
            TinyData.quick(
                "train", "--csv", table, "--target", "wave", "--out", at("again"), "--force")),
        Stream.concat(Arrays.stream(fit("second")), Stream.of("--force")).toList());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void resultsThatCannotBeWrittenAreAnError(List<Object> words) {
    CommandRun run = run(new Broken("No space left on device", 0), words.toArray());
    assertEquals(1, run.status(), run::err);
    String last = run.err().lines().toList().getLast();
    assertEquals("unspool: standard output cannot be written: No space left on device", last);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aReaderThatHasGoneEndsItQuietly(List<Object> words) {
    CommandRun run = run(new Broken("Broken pipe", 0), words.toArray());
    assertEquals(GONE, run.status(), run::err);
    assertFalse(run.err().contains("unspool: "), run::err);
  }

  /** Only what is printed is lost. */
  @ParameterizedTest
  @ValueSource(strings = {"Broken pipe", "No space left on device"})
  void aFitLeavesEverythingAlsoForAReaderThatHasGone(String reason) throws IOException {
    Path left = at("left");
    Object[] fit = Stream.concat(Arrays.stream(fit("left")), Stream.of("--force")).toArray();
    run(new Broken(reason, 0), fit);
    for (String name :
        List.of("metrics.json", "simulation.png", "residuals.png", "convergence.png")) {
      assertTrue(Files.exists(left.resolve(name)), name);
    }
    assertFalse(CommandRun.succeeds("info", left).out().contains("unfinished"));
    Path network = at("network-left");
    run(new Broken(reason, 0), finish(network));
    for (String name : List.of("metrics.json", "forecast.png", "convergence.png")) {
      assertTrue(Files.exists(network.resolve(name)), name);
    }
    assertFalse(CommandRun.succeeds("info", network).out().contains("unfinished"));
  }

  /** Who stops a fit while it draws has its figures. */
  @Test
  void figuresAreSaidBeforePicturesAreDrawn() {
    Path heard = at("heard");
    Object[] fit = fit("heard");
    assertEquals(List.of("metrics.json"), thereWhenHeard(heard, "simulation.png", fit));
    Path network = at("network-heard");
    assertEquals(List.of("metrics.json"), thereWhenHeard(network, "forecast.png", finish(network)));
  }

  /** Words that finish a network, which is small enough for that. */
  private static Object[] finish(Path out) {
    Object[] train =
        TinyData.quick("train", "--csv", table, "--target", "wave", "--out", at("small"));
    CommandRun.succeeds(TinyData.changed(train, "--hidden 2 --force"));
    return new Object[] {"fit", "--from", at("small"), "--iterations", 2, "--force", "--out", out};
  }

  /** Which files there are when the first figure is said. */
  private static List<String> thereWhenHeard(Path fitted, String picture, Object... words) {
    var there = new ArrayList<String>();
    var out =
        new OutputStream() {
          private boolean heard;

          @Override
          public void write(int b) {
            if (!heard) {
              Stream.of("metrics.json", picture)
                  .filter(name -> Files.exists(fitted.resolve(name)))
                  .forEach(there::add);
            }
            heard = true;
          }
        };
    CommandRun run = run(out, words);
    assertEquals(0, run.status(), run::err);
    assertTrue(Files.exists(fitted.resolve(picture)), picture);
    return there;
  }

  static Stream<List<Object>> endless() {
    return Stream.of(
        List.of("generate", at("text"), "--length", Integer.MAX_VALUE),
        List.of("forecast", at("run"), "--steps", Integer.MAX_VALUE));
  }

  /** It would write for hours, and need more memory than there is if it began with all of it. */
  @ParameterizedTest
  @MethodSource("endless")
  void nothingIsComputedForAReaderThatHasGone(List<Object> words) {
    var pipe = new Broken("Broken pipe", 100);
    CommandRun run = run(pipe, words.toArray());
    assertEquals(GONE, run.status(), run::err);
    assertTrue(pipe.written >= 100, () -> pipe.written + " bytes");
  }

  private static CommandRun run(OutputStream out, Object... words) {
    var err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(ResultStream.writer(out)).setErr(new PrintWriter(err, true));
    String[] args = Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
    return new CommandRun(Main.execute(command, args), "", err.toString());
  }

  /** Takes some bytes and then no more. */
  private static final class Broken extends OutputStream {
    private final String reason;
    private final int room;
    private int written;

    Broken(String reason, int room) {
      this.reason = reason;
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      if (written >= room) {
        throw new IOException(reason);
      }
      written++;
    }
  }

  @Test
  void namesDoNotSteerTheTerminal() throws IOException {
    String name = "wa\u001b[31mve\u009b2J\u202e";
    String shown = "wa\\u001b[31mve\\u009b2J\\u202e";
    Path odd = at("odd\u001b[2J.csv");
    Files.writeString(odd, Files.readString(table).replaceFirst("wave", name));
    Path run = at("odd\u001b]0;x\u0007");
    CommandRun train =
        CommandRun.succeeds(TinyData.quick("train", "--csv", odd, "--target", name, "--out", run));
    CommandRun info = CommandRun.succeeds("info", run);
    CommandRun evaluate = CommandRun.succeeds("evaluate", run);
    String missing = CommandRun.fails(1, "evaluate", run, "--csv", at("\u001b[2Jmissing"));
    String unknown = CommandRun.fails(2, "info", "--\u001b[2J");
    CommandRun json = CommandRun.succeeds("info", run, "--json");
    for (String said :
        new String[] {
          train.out(), train.err(), info.out(), evaluate.out(), missing, unknown, json.out()
        }) {
      assertTrue(said.codePoints().noneMatch(c -> c != '\n' && Character.isISOControl(c)), said);
      assertFalse(said.contains("\u202e"), said);
    }
    assertTrue(info.out().contains(shown), info::out);
    assertTrue(missing.contains("\\u001b[2Jmissing"), missing);
    JsonObject csv = json.json().getAsJsonObject("config").getAsJsonObject("csv");
    String targets = csv.getAsJsonObject("roles").get("targets").toString();
    assertTrue(targets.contains("ve\u009b2J\u202e"), "as JSON it is the name itself: " + targets);
    // A program gets the name of a column as it is, people see it.
    assertTrue(CommandRun.succeeds("forecast", run).out().startsWith("row," + name));
  }

  @Test
  void wordsThatTheJvmCouldNotReadAreRefused() {
    String line = CommandRun.fails(2, "generate", at("text"), "--prompt", "gr\ufffd\ufffdn");
    assertTrue(line.contains("LC_ALL=C.UTF-8"), line);
  }
}
