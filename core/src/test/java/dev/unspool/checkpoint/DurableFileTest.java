// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  void whatCannotBeWrittenLeavesWhatWasThere() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "one");
    assertThrows(
        IOException.class,
        () ->
            DurableFile.write(
                file,
                out -> {
                  out.write('t');
                  out.write("wo".getBytes(UTF_8));
                  throw new IOException("no more");
                }));
    assertEquals("one", Files.readString(file));
    DurableFile.write(file, out -> out.write('2'));
    assertEquals("2", Files.readString(file));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  /** What is in the way of the temporary file is not ours to be deleted. */
  @Test
  void aFolderInTheWayStays() throws IOException {
    Path inTheWay = Files.createDirectory(folder.resolve("file.tmp"));
    Path file = folder.resolve("file");
    assertThrows(IOException.class, () -> DurableFile.write(file, "one".getBytes(UTF_8)));
    assertTrue(Files.isDirectory(inTheWay));
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
