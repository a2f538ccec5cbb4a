// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells of a user's own, from a file of theirs to a run that is moved; and stacks of cells. */
final class CellFileTest {
  /** A unit that leaks at a learned rate. */
  private static final String LEAKY =
      """
      import dev.unspool.step.*;

      final class Leaky {
        static Signal cell(Step s, Signal x, int hidden) {
          s.gates(hidden, "forget");
          Signal h = s.state("h", hidden);
          Signal z = s.linear("in", "bias", x, hidden).plus(s.linear("back", h, hidden));
          return mixed(s, h, z.tanh());
        }

        private static Signal mixed(Step s, Signal h, Signal candidate) {
          Signal rate = s.vector("rate", h.width()).sigmoid();
          return s.next(h, rate.times(h).plus(rate.oneMinus().times(candidate)));
        }
      }
      """;

  @TempDir Path folder;
  private Path table = Path.of("");
  private Path cell = Path.of("");
  private Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    cell = Files.writeString(folder.resolve("Leaky.java"), LEAKY);
    run = folder.resolve("run");
  }

  private Object[] train(Path into, String options) {
    return TinyData.changed(
        quick("train", "--csv", table, "--target", "wave", "--out", into),
        "--schedule constant " + options.replace("FILE", cell.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cell FILE",
        "--cell FILE --init orthogonal --forget-bias 1",
        "--cell lstm,FILE --hidden 5,4 --residual",
        "--cell lstm,gru --hidden 8,5",
        "--cell gru --layers 2 --norm --residual --skip --head 6,4",
        "--hidden 5,4,3 --dropout 0.1",
        "--head 6 --learned-initial-state --loss gaussian",
      })
  void aRunGoesOnBitForBitAndElsewhere(String options) throws IOException {
    Path whole = folder.resolve("whole");
    succeeds(train(whole, options + " --epochs 3"));
    succeeds(train(run, options + " --epochs 2"));
    Path moved = Files.move(run, folder.resolve("moved"));
    Files.delete(cell);
    succeeds("resume", moved, "--epochs", 3);
    assertEquals(
        Files.readString(whole.resolve("metrics.json")),
        Files.readString(moved.resolve("metrics.json")));
    assertEquals(succeeds("evaluate", whole).out(), succeeds("evaluate", moved).out());
    assertEquals(
        succeeds("forecast", whole, "--steps", 5).out(),
        succeeds("forecast", moved, "--steps", 5).out());
  }

  @Test
  void aTextCanBeLearnedWithIt() throws IOException {
    Path text = TinyData.text(folder);
    Object[] words = quick("train", "--text", text, "--out", run, "--cell", cell);
    succeeds(TinyData.changed(words, "--max-updates 5"));
    succeeds("generate", run, "--length", 3);
    says(succeeds("info", run).out(), "embedding.weight[x]");
  }

  @Test
  void aPlantMayHaveItsLayers() throws IOException {
    Object[] fit = {"fit", "--csv", table, "--input", "force", "--target", "driven", "--out", run};
    succeeds(
        TinyData.changed(fit, "--hidden 3 --starts 1 --iterations 3 --warm-up 5 --cell " + cell));
    assertEquals(LEAKY, Files.readString(run.resolve("cell.java")));
    Files.delete(cell);
    Path moved = Files.move(run, folder.resolve("moved"));
    String before = succeeds("evaluate", moved).out();
    says(succeeds("info", moved).out(), "3 Leaky.java, input delays 0", "tanh(((in_l0·");
    succeeds("simulate", "--model", moved, "--csv", table);
    succeeds("export", moved, "--onnx", folder.resolve("plant.onnx"));
    Path on = folder.resolve("moved-on");
    succeeds("train", "--from", moved, "--epochs", 2);
    succeeds("resume", on, "--epochs", 3);
    succeeds("fit", "--from", on, "--iterations", 2);
    assertEquals(LEAKY, Files.readString(folder.resolve("moved-on-fit").resolve("cell.java")));
    assertEquals(before, succeeds("evaluate", moved).out());
    for (Path changed : List.of(moved, on)) {
      Files.writeString(changed.resolve("cell.java"), LEAKY.replace("tanh", "sin"));
      for (Object[] command :
          new Object[][] {
            {"evaluate", changed}, {"info", changed}, {"train", "--from", changed, "--out", run}
          }) {
        says(fails(1, command), "cell.java is not the cell", "restore it");
      }
    }
    String line = fails(2, TinyData.changed(fit, "--cell transformer"));
    says(line, "--cell: 'transformer' is none of rnn-tanh", "no FILE.java");
  }

  @Test
  void infoShowsTheEquations() {
    succeeds(train(run, "--cell FILE --max-updates 1 --head 4 --skip"));
    says(
        succeeds("info", run).out(),
        "network     Leaky.java, 1 layer of 8 units, skip, head 4, 133 parameters\n",
        "equations   t1 = σ(rate_l0)\n            layer0.h' = layer0.h·t1 + tanh(",
        "y = output.weight·relu((head.0.weight·[layer0.h'; x] + head.0.bias)) + output.bias\n");
    var equations = succeeds("info", run, "--json").json().getAsJsonArray("equations");
    assertEquals("t1 = σ(rate_l0)", equations.get(0).getAsString());
    succeeds(train(folder.resolve("mixed"), "--cell lstm,gru --hidden 3,4 --max-updates 1"));
    says(
        succeeds("info", folder.resolve("mixed")).out(),
        "network     lstm,gru, 2 layers of 3,4 units, ",
        "layer0.c' = ");
  }

  @Test
  void theExampleIsSuchAFile() {
    Path example = Path.of("..", "examples", "cells", "MyCell.java");
    succeeds(train(run, "--max-updates 2 --cell " + example));
    says(succeeds("info", run).out(), "MyCell.java", "peephole_l0");
  }

  @Test
  void aClassMayBeACell() throws IOException {
    Files.writeString(
        cell,
        """
        import dev.unspool.cell.Lstm;
        import dev.unspool.step.*;

        record Leaky(int more) implements RecurrentCell {
          Leaky() {
            this(3);
          }

          @Override
          public Signal write(Step s, Signal x, int hidden) {
            return new Lstm().write(s, x, hidden + more);
          }
        }
        """);
    succeeds(train(run, "--cell FILE --max-updates 1"));
    says(succeeds("info", run).out(), "layer0.c' = ");
  }

  @Test
  void theFileIsPartOfTheRun() throws IOException {
    succeeds(train(run, "--cell FILE --max-updates 1"));
    Path kept = run.resolve("cell.java");
    assertEquals(LEAKY, Files.readString(kept));
    Files.writeString(kept, LEAKY.replace("tanh", "sin"));
    for (String command : List.of("resume", "evaluate", "forecast", "info")) {
      says(fails(1, command, run), "cell.java is not the cell", "checksum", "restore it");
    }
    Files.delete(kept);
    for (String command : List.of("resume", "evaluate", "forecast", "info")) {
      says(fails(1, command, run), "cell.java is missing", "Leaky.java", "restore it");
    }
    Files.writeString(kept, LEAKY);
    succeeds("evaluate", run);
    succeeds(train(run, "--max-updates 1 --force"));
    assertFalse(Files.exists(kept), "the new run has no cell of its own");
  }

  private String refused(String source) throws IOException {
    Files.writeString(cell, source);
    String line = fails(1, train(run, "--cell FILE"));
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
    return line;
  }

  @Test
  void aFileThatDoesNotCompile() throws IOException {
    says(
        refused(LEAKY.replace("h.width()", "h.wide()")),
        "Leaky.java does not compile: line 12: cannot find symbol",
        "wide()");
    says(refused("final class Leaky {"), "line 1: reached end of file");
    says(refused("public class Other {}"), "Other is public, should be declared in a file named");
  }

  /** With the interfaces of compilers and without: a JRE has only the first, a smaller one none. */
  @ParameterizedTest
  @ValueSource(strings = {"java.se", "java.base,java.desktop,java.logging"})
  void aJavaWithoutACompilerIsSaid(String modules) throws Exception {
    Process process =
        CommandProcess.start(
            List.of("--limit-modules=jdk.incubator.vector,jdk.unsupported," + modules),
            train(run, "--cell FILE"));
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertEquals(1, process.waitFor(), said);
    says(
        said,
        "unspool: Leaky.java cannot be compiled: this Java (",
        "has no compiler; run with a JDK");
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
  }

  @Test
  void aFileWithoutACellOrWithTwo() throws IOException {
    says(
        refused(""),
        "Leaky.java holds no cell",
        "static Signal cell(Step s, Signal x, int hidden)");
    says(refused(LEAKY.replace("int hidden", "long hidden")), "does not compile");
    says(
        refused(LEAKY.replace("static Signal cell", "private static Signal cell")),
        "holds no cell");
    says(
        refused(
            LEAKY.replace(
                "private static Signal mixed(Step s, Signal h, Signal candidate) {",
                "static Signal other(Step s, Signal x, int n) { return x; }\n"
                    + "private static Signal mixed(Step s, Signal h, Signal candidate) {")),
        "holds 2 cells (Leaky.cell, Leaky.other)",
        "expected one");
    says(
        refused(
            "import dev.unspool.step.*; record Leaky(int n) implements RecurrentCell {"
                + " public Signal write(Step s, Signal x, int h) { return x; } }"),
        "class Leaky needs a constructor without parameters");
  }

  /** In line 6, where the state is declared, stands something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Signal h = s.state(\"h\", hidden + 1); | Leaky.java:13: multiply of tanh(",
        "Signal h = s.vector(\"h\", hidden); | Leaky.java:13: h_l0 of width 8 (Leaky.java:6) is not a state",
        "Signal h = s.state(\"h\", hidden / 0); | Leaky.java:6: java.lang.ArithmeticException: / by zero",
        "Signal h = s.state(\"h\", hidden); s.vector(\"bias\", 1); | Leaky.java:7: parameter 'bias_l0' is there already",
        "Signal h = s.state(\"h\", hidden); s.state(\"c\", 1); | state 'layer0.c' (Leaky.java:6) is never given",
        "Signal h = s.state(\"h\", hidden); x.mean(0); | Leaky.java:6: sum over 0 groups",
        "Signal h = s.state(\"h\", hidden); if (x.value() > 0) return x; | Leaky.java:6: x of width 1",
        "if (x != null) return null; Signal h = s.state(\"h\", 1); | Leaky.java: the cell yields null",
        "Signal h = cell(s, x, hidden); | Leaky.java:5: java.lang.StackOverflowError",
      })
  void whatIsWrongInACellIsSaidWithItsLine(String line, String message) throws IOException {
    says(refused(LEAKY.replace("Signal h = s.state(\"h\", hidden);", line)), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cell nowhere/Cell.java | there is no file nowhere",
        "--cell lstm,gru --layers 3 | --cell has 2 names for 3 layers",
        "--hidden 4,5 --layers 3 | --hidden has 2 widths for 3 layers",
        "--cell lstm,gru,gru --hidden 4,5 | --hidden has 2 widths for 3 layers",
        "--cell lstm,transformer | is none of rnn-tanh, rnn-relu, gru, lstm,",
        "--hidden 4,x | --hidden",
        "--hidden 4,0 | hidden must be 1 to 16777216, found 0",
        "--head 0 | layers of a head must be 1 to 16777216 wide, found [0]",
        "--cell gru --forget-bias 1 | no cell here has a forget gate",
        "--cell lru --init chrono:9 | no cell here has a gate that chrono knows",
        "--cell lstm --init chrono:9 --forget-bias 1 | leave one of them away",
      })
  void optionsThatDoNotFit(String options, String message) {
    says(fails(2, train(run, options)), message);
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
  }

  @Test
  void twoFilesAreOneTooMany() throws IOException {
    Path other = Files.writeString(folder.resolve("Other.java"), LEAKY.replace("Leaky", "Other"));
    says(
        fails(2, train(run, "--cell FILE," + other)),
        "names two files, Leaky.java and",
        "keeps one");
  }
}
