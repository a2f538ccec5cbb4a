// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything in a folder, but for the lock.
 *
 * @param files by name
 */
record FolderContent(Map<String, byte[]> files) {
  static FolderContent of(Path folder) throws IOException {
    var content = new TreeMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file) && !file.endsWith(".unspool.lock")) {
          content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return new FolderContent(content);
  }

  /** The numbers of a safetensors file, without what is said about them. */
  static byte[] numbers(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Arrays.copyOfRange(bytes, Math.toIntExact(Long.BYTES + header), bytes.length);
  }

  /** Deletes a folder and everything in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Set<String> names() {
    return files.keySet();
  }

  /** Checks that a folder holds the same, byte for byte. */
  void assertSame(FolderContent actual) {
    assertEquals(names(), actual.names());
    files.forEach((name, bytes) -> assertArrayEquals(bytes, actual.files.get(name), name));
  }
}
