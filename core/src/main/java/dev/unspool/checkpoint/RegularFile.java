// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What can be read to its end: a pipe may have none, and opening it may wait for ever. */
final class RegularFile {
  private RegularFile() {}

  /**
   * Refuses whatever has that name and is no file.
   *
   * @return its length in bytes
   * @throws CheckpointException if it is a folder, a pipe or a device
   * @throws NoSuchFileException if there is nothing of that name
   */
  static long requireSize(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    if (!is.isRegularFile()) {
      throw new CheckpointException(
          file,
          "found %s, expected a file; put back the file that was here"
              .formatted(is.isDirectory() ? "a folder" : "a pipe or a device"));
    }
    return is.size();
  }
}
