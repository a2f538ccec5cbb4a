// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricsLogTest {
  @TempDir Path folder;
  Path file = Path.of("");
  MetricsLog log = new MetricsLog(file);

  @BeforeEach
  void open() {
    file = folder.resolve("metrics.jsonl");
    log = new MetricsLog(file);
  }

  private static Report report(long update) {
    return new Report(
        update, 5 * update, 1, 0.5, update == 2 ? 0.25 : null, null, 0.001, 10.0, 4.0);
  }

  private void append(long... updates) throws IOException {
    for (long update : updates) {
      log.append(report(update));
    }
  }

  private List<Long> updates() throws IOException {
    var updates = new ArrayList<Long>();
    log.read(report -> updates.add(report.update()));
    return updates;
  }

  @Test
  void whatIsAppendedIsRead() throws IOException {
    assertEquals(List.of(), updates());
    append(1, 2);
    var reports = new ArrayList<Report>();
    log.read(reports::add);
    assertEquals(List.of(report(1), report(2)), reports);
  }

  /** A folder has no lines, and a pipe would be waited for, or take only what it has room for. */
  @Test
  void whatIsNoFileIsNamed() throws Exception {
    Files.createDirectory(file);
    refusesAll("a folder");
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    refusesAll("a pipe or a device");
  }

  private void refusesAll(String what) {
    for (Executable use :
        List.<Executable>of(this::updates, () -> log.truncate(1, 1), () -> append(1))) {
      assertEquals(
          "%s: found %s, expected a file; put back the file that was here".formatted(file, what),
          assertThrows(IOException.class, use).getMessage());
    }
  }

  @Test
  void halfALineIsCutOffBeforeTheNextOne() throws IOException {
    append(1);
    Files.writeString(file, "{\"update\":2,\"st", StandardOpenOption.APPEND);
    assertEquals(List.of(1L), updates());
    append(3);
    assertEquals(List.of(1L, 3L), updates());
    assertEquals(2, Files.readAllLines(file).size(), "nothing of it is left");
    Files.writeString(file, "x".repeat(10_000), StandardOpenOption.APPEND);
    append(4);
    assertEquals(List.of(1L, 3L, 4L), updates());
    Files.writeString(file, "x");
    append(5);
    assertEquals(List.of(5L), updates());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "nonsense",
        "{",
        "{}",
        "[1]",
        "7",
        "\"update\"",
        "{\"update\":\"many\"}",
        "{\"update\":null}",
        "{\"update\":[1]}",
        "{\"update\":1e99}",
        "{\"update\":-3}",
        "\u00ff\u00fe\u0000"
      })
  void aLineThatIsNoReportIsPassedOver(String line) throws IOException {
    append(1);
    Files.write(file, (line + "\n").getBytes(ISO_8859_1), StandardOpenOption.APPEND);
    append(2);
    assertEquals(List.of(1L, 2L), updates());
    log.truncate(1, 1);
    assertEquals(List.of(1L), updates());
    append(2);
    assertEquals(List.of(1L, 2L), updates());
  }

  @Test
  void aLineThatIsFarTooLongIsPassedOver() throws IOException {
    append(1);
    Files.writeString(
        file,
        "{\"update\":7,\"x\":\"" + "y".repeat(100_000) + "\"}\n" + "[".repeat(10_000) + "\n",
        StandardOpenOption.APPEND);
    append(2);
    assertEquals(List.of(1L, 2L), updates());
  }

  @Test
  void whatCameAfterTheCheckpointIsDropped() throws IOException {
    append(1, 2, 3, 3, 5);
    log.truncate(9, 0);
    assertEquals(List.of(1L, 2L, 3L, 3L, 5L), updates());
    log.truncate(3, 2);
    assertEquals(List.of(1L, 2L, 3L, 3L), updates());
    // Killed between its second report and the checkpoint, a run makes that report again.
    log.truncate(3, 1);
    assertEquals(List.of(1L, 2L, 3L), updates());
    log.truncate(3, 0);
    assertEquals(List.of(1L, 2L), updates());
    log.truncate(0, 0);
    assertEquals(List.of(), updates());
  }

  @Test
  void aLogThatIsNotThereStaysSo() throws IOException {
    log.truncate(5, 1);
    assertFalse(Files.exists(file));
  }

  /** A log of any length is read line by line, and drawn from so many points as can be seen. */
  @Test
  void aLongLogTakesLittleMemory() throws IOException {
    int lines = 30_000;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int update = 1; update <= lines; update++) {
        out.write(Json.line(report(update)) + "\n");
      }
    }
    var curve = new ThinnedCurve();
    log.read(report -> curve.add(report.step(), (double) report.update()));
    assertTrue(curve.x().size() <= ThinnedCurve.MOST + 1, curve.x().size() + " points");
    assertTrue(curve.x().size() > ThinnedCurve.MOST / 2, curve.x().size() + " points");
    assertEquals(5, curve.x().getFirst());
    assertEquals(5L * lines, curve.x().getLast());
    assertEquals(lines, curve.y().getLast().doubleValue());
    for (int i = 0; i < curve.x().size(); i++) {
      assertEquals(curve.x().get(i).doubleValue(), 5 * curve.y().get(i));
    }
  }
}
