// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RotatedFileTest {
  @TempDir Path folder;

  @Test
  void logsAreBounded() throws IOException {
    var file = folder.resolve("log");
    var warnings = new ArrayList<String>();
    var log = new RotatedFile(file, 1000, warnings::add);
    for (int i = 0; i < 500; i++) {
      log.append("line " + i);
      assertTrue(Files.size(file) <= 1000);
    }
    assertTrue(Files.readAllLines(file).getLast().contains("line 499"));
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
    assertEquals(List.of(), warnings);
  }

  @Test
  void halfALineIsLeftAlone() throws IOException {
    var file = folder.resolve("log");
    Files.writeString(file, "{\"records\":1");
    new RotatedFile(file, 1000, _ -> {}).append("whole");
    assertEquals(List.of("{\"records\":1", "\"whole\""), Files.readAllLines(file));
    Files.writeString(file, "cut", StandardOpenOption.APPEND);
    new RotatedFile(file, 1000, _ -> {}).append("again");
    assertEquals("\"again\"", Files.readAllLines(file).getLast());
  }
}
