// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableFileTest {
  @TempDir Path folder;

  @Test
  void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("file");
    DurableFile.write(file, "one".getBytes(UTF_8));
    DurableFile.write(file, "two".getBytes(UTF_8));
    assertEquals("two", Files.readString(file));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Path file = Files.createSymbolicLink(folder.resolve("file"), precious);
    DurableFile.write(file, "mine".getBytes(UTF_8));
    assertEquals("mine", Files.readString(file));
    assertFalse(Files.isSymbolicLink(file));
    // The temporary file is in somebody's way: that is no reason to write into what it leads to.
    Path other = folder.resolve("other");
    Files.createSymbolicLink(folder.resolve("other.tmp"), precious);
    assertThrows(IOException.class, () -> DurableFile.write(other, "mine".getBytes(UTF_8)));
    assertEquals("precious", Files.readString(precious));
  }
}
