// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads small files of a folder that anybody may have changed: a pipe would never end, a device
 * neither, and a file of gigabytes would not fit into memory.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Refuses whatever has that name and is no file.
   *
   * @return its length in bytes
   * @throws CheckpointException if it is a folder, a pipe or a device
   * @throws NoSuchFileException if there is nothing of that name
   */
  public static long requireSize(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    if (!is.isRegularFile()) {
      throw new CheckpointException(
          file,
          "found %s, expected a file; put back the file that was here"
              .formatted(is.isDirectory() ? "a folder" : "a pipe or a device"));
    }
    return is.size();
  }

  /**
   * The whole content.
   *
   * @param most bytes that such a file has at most
   * @throws NoSuchFileException if there is none
   * @throws CheckpointException if it is no file, or too long
   */
  public static byte[] read(Path file, int most) throws IOException {
    long size = requireSize(file);
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = size > most ? new byte[0] : in.readNBytes(most + 1);
    }
    if (size > most || content.length > most) {
      throw new CheckpointException(
          file,
          "found %s bytes, expected at most %s; it is not what it was when it was written"
              .formatted(Math.max(size, content.length), most));
    }
    return content;
  }

  /**
   * The whole content as text.
   *
   * @param most bytes that such a file has at most
   * @throws NoSuchFileException if there is none
   * @throws CheckpointException if it is no file, too long or not UTF-8
   */
  public static String readText(Path file, int most) throws IOException {
    byte[] content = read(file, most);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file, "it is damaged: it is not UTF-8", e);
    }
  }
}
