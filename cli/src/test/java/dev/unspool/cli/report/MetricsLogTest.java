// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MetricsLogTest {
  @TempDir Path folder;

  private static Report report(long update) {
    return new Report(update, 5 * update, 1, 0.5, update == 2 ? 0.25 : null, null, 0.001, 10.0);
  }

  @Test
  void whatIsAppendedIsRead() throws IOException {
    var log = new MetricsLog(folder.resolve("metrics.jsonl"));
    assertEquals(List.of(), log.read());
    log.append(report(1));
    log.append(report(2));
    assertEquals(List.of(report(1), report(2)), log.read());
  }

  @Test
  void aHalfWrittenLineIsPassedOver() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    var log = new MetricsLog(file);
    log.append(report(1));
    Files.writeString(file, "{\"update\":2,\"st", StandardOpenOption.APPEND);
    assertEquals(List.of(report(1)), log.read());
    log.truncate(5);
    log.append(report(3));
    assertEquals(List.of(report(1), report(3)), log.read());
    log.truncate(2);
    assertEquals(List.of(report(1)), log.read());
  }

  @Test
  void aLineInTheMiddleThatIsNoReportIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("metrics.jsonl"), "nonsense\n{\"update\":1}\n");
    var log = new MetricsLog(file);
    String message = String.valueOf(assertThrows(IOException.class, log::read).getMessage());
    assertTrue(message.contains("metrics.jsonl:1"), message);
  }
}
