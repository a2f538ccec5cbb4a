// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.CsvLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables as other programs write them, in every command that reads one. */
final class TableFormTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private Path rewritten(String name, UnaryOperator<String> line) throws IOException {
    List<String> lines = Files.readAllLines(table);
    lines.replaceAll(line);
    return Files.write(folder.resolve(name), lines);
  }

  private String figures(Path data, String... more) throws IOException {
    var words =
        new ArrayList<Object>(
            List.of(
                quick("train", "--csv", data, "--target", "wave", "--out", run, "--force", "-q")));
    words.addAll(List.of(more));
    succeeds(words.toArray());
    return Files.readString(run.resolve("metrics.json"));
  }

  @Test
  void theSameNumbersGiveTheSameModelHoweverTheyAreWritten() throws IOException {
    String expected = figures(table);
    Path german = rewritten("german.csv", line -> line.replace(',', ';').replace('.', ','));
    assertEquals(expected, figures(german, "--separator", ";", "--decimal", ","));
    Path trailing =
        Files.writeString(folder.resolve("end.csv"), Files.readString(table) + "  \n,,,\n");
    assertEquals(expected, figures(trailing));
    Path packed = folder.resolve("table.csv.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(Files.readAllBytes(table));
    }
    assertEquals(expected, figures(packed));
    Path spare =
        rewritten("spare.csv", line -> line + (line.startsWith("time") ? ",time,," : ",x,,"));
    assertEquals(expected, figures(spare), "columns that nobody asked for");
  }

  @Test
  void namesWithACommaStandInQuotes() throws IOException {
    Path named =
        rewritten(
            "named.csv", line -> line.replace("wave,force", "\"temp, °C\",\"say \"\"go\"\"\""));
    for (String target : List.of("\"temp, °C\"", " \"temp, °C\" ")) {
      succeeds(
          quick(
              "train",
              "--csv",
              named,
              "--target",
              target,
              "--input",
              "\"say \"\"go\"\"\",  \"temp, °C\" , driven",
              "--out",
              run,
              "--force"));
      assertTrue(
          succeeds("info", run)
              .out()
              .contains("\"temp, °C\" from \"say \"\"go\"\"\", \"temp, °C\", driven"));
    }
    succeeds(
        "fit",
        "--csv",
        named,
        "--input",
        "\"say \"\"go\"\"\"",
        "--target",
        "\"temp, °C\"",
        "--input",
        "driven",
        "--out",
        folder.resolve("fit"),
        "--iterations",
        "2",
        "--starts",
        "1");
    String error =
        fails(2, "train", "--csv", named, "--target", "temp, °C", "--out", run, "--force");
    assertTrue(error.contains("no column 'temp'") && error.contains("in double quotes"), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {"; ! --separator ';'", "| ! --separator '|'", "tab ! --separator tab"})
  void aWrongSeparatorSuggestsTheRightOneInEveryCommand(String separator, String hint)
      throws IOException {
    Path other =
        rewritten(
            "other.csv", line -> line.replace(",", separator.equals("tab") ? "\t" : separator));
    Path fitted = folder.resolve("fit");
    succeeds(
        quick(
            "train",
            "--csv",
            table,
            "--target",
            "driven",
            "--input",
            "driven,force",
            "--out",
            run));
    succeeds(
        "fit",
        "--csv",
        table,
        "--input",
        "force",
        "--target",
        "driven",
        "--out",
        fitted,
        "--iterations",
        "2",
        "--starts",
        "1");
    List<List<Object>> commands =
        List.of(
            List.of("train", "--csv", other, "--target", "wave", "--out", folder.resolve("new")),
            List.of(
                "fit",
                "--csv",
                other,
                "--input",
                "force",
                "--target",
                "driven",
                "--out",
                folder.resolve("new")),
            List.of(
                "fit",
                "--csv",
                table,
                "--test-csv",
                other,
                "--input",
                "force",
                "--target",
                "driven",
                "--out",
                folder.resolve("new")),
            List.of("evaluate", run, "--csv", other),
            List.of("forecast", run, "--csv", other, "--steps", "1"),
            List.of("forecast", run, "--future", other, "--steps", "3"),
            List.of("simulate", "--model", fitted, "--csv", other));
    for (List<Object> words : commands) {
      String error = fails(2, words.toArray());
      assertTrue(error.contains(hint), error);
    }
    for (List<Object> words : commands.subList(3, commands.size())) {
      var right = new ArrayList<>(words);
      right.addAll(List.of("--separator", separator));
      succeeds(right.toArray());
    }
    assertTrue(fails(2, "evaluate", run, "--separator", ";").contains("another table"));
  }

  @Test
  void decimalCommasAreSuggestedAndReadInEveryCommand() throws IOException {
    Path comma = rewritten("comma.csv", line -> line.replace(',', ';').replace('.', ','));
    String error =
        fails(1, "train", "--csv", comma, "--separator", ";", "--target", "wave", "--out", run);
    assertTrue(error.contains("comma.csv:2") && error.contains("use --decimal ,"), error);
    Path fitted = folder.resolve("fit");
    String[] written = {"--separator", ";", "--decimal", ","};
    succeeds(
        "fit",
        "--csv",
        comma,
        written[0],
        written[1],
        written[2],
        written[3],
        "--input",
        "force",
        "--target",
        "driven",
        "--out",
        fitted,
        "--iterations",
        "2",
        "--starts",
        "1");
    String same = succeeds("simulate", "--model", fitted, "--csv", comma).out();
    assertEquals(
        same,
        succeeds(
                "simulate", "--model", fitted, "--csv", table, "--separator", ",", "--decimal", ".")
            .out());
  }

  /** What a command advises, it must know. */
  @Test
  void movedTablesMayBeWrittenInAnotherWay() throws IOException {
    Path moved = rewritten("moved.csv", line -> line.replace(',', ';').replace('.', ','));
    String[] written = {"--separator", ";", "--decimal", ","};
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    String figures = succeeds("evaluate", run).out();
    for (String command : List.of("evaluate", "resume")) {
      assertTrue(fails(2, command, run, "--data", moved).contains("use --separator ';'"), command);
      Object[] words = {command, run, "--data", moved, "--separator", ";", "--decimal", ","};
      assertEquals(figures, succeeds(words).out(), command);
    }
    assertEquals(figures, succeeds("evaluate", run).out(), "from where it is now");
    assertTrue(fails(2, "resume", run, "--separator", ",").contains("another table"));

    Path fitted = folder.resolve("fit");
    Object[] fit = {"fit", "--csv", table, "--out", fitted};
    succeeds(
        TinyData.changed(
            fit,
            "--input force --target driven --hidden 2 --starts 1 --iterations 9"
                + " --max-minutes 1e-9"));
    assertTrue(fails(2, "resume", fitted, "--data", moved).contains("use --separator ';'"));
    succeeds("resume", fitted, "--data", moved, written[0], written[1], written[2], written[3]);
  }

  @Test
  void aSimulationLeavesOutBadRows() throws IOException {
    Path fitted = folder.resolve("fit");
    Object[] fit = {"fit", "--csv", table, "--out", fitted};
    succeeds(
        TinyData.changed(
            fit, "--input force --target driven --hidden 2 --starts 1 --iterations 2"));
    Path gap = folder.resolve("gap.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(table));
    lines.add(50, "x,x,x,x");
    Files.write(gap, lines);
    Object[] simulate = {"simulate", "--model", fitted, "--csv", gap};
    assertTrue(fails(1, simulate).contains("use --skip-bad-rows"));
    CommandRun left = succeeds(TinyData.changed(simulate, "--skip-bad-rows"));
    assertTrue(left.err().contains("left out 1 bad row"), left.err());
    assertEquals(succeeds("simulate", "--model", fitted, "--csv", table).out(), left.out());
  }

  @Test
  void whatIsQuotedIsReadBack() {
    List<String> names = List.of("a", "b, c", "say \"hi\"", "\"", "d e");
    assertEquals(names, CsvLine.fields(CsvLine.list(names)));
    assertEquals(List.of("a", "", "b"), CsvLine.fields("a, ,b "));
  }

  @Test
  void aCompressedTextIsNotATextOfBytes() throws IOException {
    Path packed = folder.resolve("text.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write("words in a text\n".repeat(50).getBytes(StandardCharsets.UTF_8));
    }
    assertTrue(fails(1, "train", "--text", packed, "--out", run).contains("compressed by gzip"));
  }
}
