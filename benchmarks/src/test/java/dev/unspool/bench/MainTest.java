// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.bench.scaling.Curve;
import dev.unspool.bench.scaling.Floor;
import dev.unspool.bench.scaling.Measured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @ParameterizedTest
  @CsvSource({
    "--shape,h64",
    "--threads,0",
    "--seconds,0",
    "--shape,h8-l1-k3-2",
    "--processors,2-",
    "--rounds,0"
  })
  void wordsThatMakeNoSenseAreOneLineAndExitCodeTwo(String option, String value) {
    var err = new StringWriter();
    int status = Main.commandLine().setErr(new PrintWriter(err)).execute(option, value);
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("bench --help"), err.toString());
  }

  @Test
  void asManyProcessorsAsThreadsAreNamed() {
    var err = new StringWriter();
    int status =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("--threads", "2", "--processors", "0-15");
    assertEquals(2, status);
    assertTrue(err.toString().contains("16 processors for 2 threads"), err.toString());
  }

  @Test
  void processorTimeIsThatOfOneThread() {
    var err = new StringWriter();
    int status =
        Main.commandLine().setErr(new PrintWriter(err)).execute("--cells", "--threads", "2");
    assertEquals(2, status);
    assertTrue(err.toString().contains("--cells is for one thread"), err.toString());
  }

  @ParameterizedTest
  @CsvSource({"--cell,gruu", "--seconds,0", "--seeds,0", "--processors,'0,1'"})
  void wordsThatMakeNoSenseToTasksAreOneLine(String option, String value) {
    var err = new StringWriter();
    int status = Main.commandLine().setErr(new PrintWriter(err)).execute("tasks", option, value);
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "online,--rounds,0",
    "online,--records,0",
    "online,--hidden,0",
    "online,--k2,0",
    "stream,--from,-5",
    "stream,--from,100000"
  })
  void wordsThatMakeNoSenseToStreamsAreOneLine(String command, String option, String value) {
    var err = new StringWriter();
    int status = Main.commandLine().setErr(new PrintWriter(err)).execute(command, option, value);
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains(option), err.toString());
    assertTrue(err.toString().contains("unspool bench " + command + " --help"), err.toString());
  }

  @ParameterizedTest
  @CsvSource({"--json,''", "--markdown,''", "--peers,''", "--threads,2", "--shape,h8-l1-k5-5"})
  void jacobiansHaveATableOfTheirOwn(String option, String value) {
    var err = new StringWriter();
    var words = new ArrayList<>(List.of("--jacobian", option));
    if (!value.isEmpty()) {
      words.add(value);
    }
    assertEquals(
        2, Main.commandLine().setErr(new PrintWriter(err)).execute(words.toArray(String[]::new)));
    assertTrue(err.toString().contains("--jacobian has"), err.toString());
  }

  /** A reader that has gone is no failure to speak of; a full disk is, with its reason. */
  @ParameterizedTest
  @CsvSource({"Broken pipe,141,''", "No space left on device,1,No space left on device"})
  void whatCannotBeWrittenEndsIt(String reason, int status, String said) {
    var full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(reason);
          }
        };
    var err = new StringWriter();
    var out = new PrintStream(new Stdout(full), true, StandardCharsets.UTF_8);
    var output = new Output(out, Output.Format.TEXT, 1, new Pinning(List.of(), null));
    var thrown = assertThrows(UncheckedIOException.class, output::begin);
    assertEquals(status == 141, Stdout.readerIsGone(thrown));
    var command =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    assertEquals(status, Main.execute(command, "--help"));
    assertTrue(err.toString().contains(said), err.toString());
    assertEquals(said.isEmpty() ? 0 : 1, err.toString().lines().count(), err.toString());
  }

  /** Said before minutes are spent on what it would show. */
  @Test
  void aPictureThatCannotBeDrawnIsRefusedFirst(@TempDir Path folder) {
    var err = new StringWriter();
    Path png = folder.resolve("missing").resolve("scaling.png");
    var command = Main.commandLine().setErr(new PrintWriter(err));
    assertEquals(1, Main.execute(command, "--scaling", "--picture", png.toString()));
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains(png + " cannot be written"), err.toString());
  }

  /** Tables come at the end, so a long run says elsewhere where it is. */
  @ParameterizedTest
  @CsvSource({"TEXT,true", "MARKDOWN,false", "JSON,false"})
  void pointsAreSaidAsTheyCome(Output.Format format, boolean inOutput) {
    var written = new ByteArrayOutputStream();
    var noted = new ByteArrayOutputStream();
    var out = new PrintStream(written, true, StandardCharsets.UTF_8);
    var output = new Output(out, format, 1, new Pinning(List.of(), null));
    Curve curve = Curve.all(1).getFirst();
    Curve.Point point = curve.points().getFirst();
    var row = new Row(point.shape(), 100, 110, 30, 120, List.of());
    output.point(
        new Measured(curve, point, row, new Floor(50, 60)),
        new PrintStream(noted, true, StandardCharsets.UTF_8));
    var where = inOutput ? written : noted;
    var elsewhere = inOutput ? noted : written;
    assertTrue(where.toString(StandardCharsets.UTF_8).contains("100.00 µs a step"));
    assertEquals(0, elsewhere.size());
  }

  @Test
  void theHelpGivesExamples() {
    String help = Main.commandLine().getUsageMessage();
    assertTrue(help.contains("unspool bench --shape h128-l32-k1-20 --peers"), help);
  }
}
