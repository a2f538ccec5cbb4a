// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AppendedLinesTest {
  @TempDir Path folder;

  private String appended(String there, boolean append) throws IOException {
    Path file = Files.writeString(folder.resolve("said"), there);
    try (var lines = new AppendedLines(new FileOutputStream(file.toFile(), append), file)) {
      lines.write("b\n".getBytes(UTF_8));
      lines.write("c".getBytes(UTF_8));
      lines.write("d\n".getBytes(UTF_8));
    }
    return Files.readString(file).replace('\n', '/');
  }

  @ParameterizedTest
  @CsvSource({"'',b/cd/", "a/,a/b/cd/", "a/{\"rec,'a/{\"rec/b/cd/'"})
  void halfALineIsLeftAlone(String there, String expected) throws IOException {
    assertEquals(expected, appended(there.replace('/', '\n'), true));
  }

  @Test
  void aFileThatIsWrittenAnewHasNone() throws IOException {
    assertEquals("b/cd/", appended("half", false));
  }

  @Test
  void whatIsNoFileIsNotLookedInto() throws IOException {
    Path file = folder.resolve("said");
    try (var lines = new AppendedLines(new FileOutputStream(file.toFile()), folder)) {
      lines.write("b\n".getBytes(UTF_8));
    }
    assertEquals("b\n", Files.readString(file));
  }
}
