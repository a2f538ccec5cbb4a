// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens files of a folder that anybody may have changed: a pipe would be waited for, a device would
 * never end, and a file of gigabytes would not fit into memory.
 */
final class RegularFile {
  private RegularFile() {}

  /**
   * Opens a file to be read.
   *
   * @throws ForecasterException if it is a folder, a pipe or a device
   * @throws NoSuchFileException if there is nothing of that name
   */
  static FileChannel open(Path file) throws IOException {
    requireSize(file);
    return FileChannel.open(file);
  }

  /**
   * The whole content as text.
   *
   * @param most bytes that such a file has at most
   * @throws CharacterCodingException if it is not UTF-8
   * @throws NoSuchFileException if there is none
   * @throws ForecasterException if it is no file, or too long
   */
  static String readText(Path file, int most) throws IOException {
    long size = requireSize(file);
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = size > most ? new byte[0] : in.readNBytes(most + 1);
    }
    if (size > most || content.length > most) {
      throw new ForecasterException(
          "%s: found %s bytes, expected at most %s; it is not what it was when it was written"
              .formatted(file, Math.max(size, content.length), most));
    }
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
  }

  /** Refuses whatever has that name and is no file, before it is opened. */
  private static long requireSize(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    if (!is.isRegularFile()) {
      throw new ForecasterException(
          "%s: found %s, expected a file; put back the file that was here"
              .formatted(file, is.isDirectory() ? "a folder" : "a pipe or a device"));
    }
    return is.size();
  }
}
