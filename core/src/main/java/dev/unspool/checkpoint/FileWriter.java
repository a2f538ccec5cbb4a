// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Writes a file completely or not at all: into a temporary file beside it, which is on the disk
 * before it gets its name. One thread at a time writes a file of one name: the temporary file has
 * one name, too, by which whoever comes after a crash knows it.
 */
final class FileWriter {
  private FileWriter() {}

  /** What ends the names of files that are not complete. */
  static final String TEMPORARY = ".tmp";

  /** Where the content goes. */
  interface Output {
    void write(ByteBuffer bytes) throws IOException;
  }

  /** Whoever has something to write. */
  interface Content {
    void writeTo(Output output) throws IOException;
  }

  /**
   * What a file was made of.
   *
   * @param bytes its length
   * @param crc32c of its content
   */
  record Written(long bytes, long crc32c) {}

  /** Writes one file. On failure nothing is left of it, and what had the name before is intact. */
  static Written write(Storage storage, Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    boolean isOurs = false;
    try {
      var checksum = new CRC32C();
      long[] bytes = {0};
      try (var sink = storage.create(temporary)) {
        isOurs = true;
        content.writeTo(
            buffer -> {
              bytes[0] += buffer.remaining();
              checksum.update(buffer.duplicate());
              sink.write(buffer);
            });
        sink.sync();
      }
      var written = new Written(bytes[0], checksum.getValue());
      storage.rename(temporary, file); // and nothing after it that could fail
      return written;
    } catch (IOException | RuntimeException | Error e) {
      if (isOurs) {
        discard(storage, temporary, e);
      }
      if (e instanceof IOException failure) {
        throw named(file, temporary, failure);
      }
      throw e;
    }
  }

  /**
   * The system says "No space left on device" without saying where; and where nothing can be
   * created, it names the temporary file, of which nobody but this class knows.
   */
  private static IOException named(Path file, Path temporary, IOException e) {
    boolean isOurs = e instanceof FileSystemException f && temporary.toString().equals(f.getFile());
    if (isOurs && (e instanceof NoSuchFileException || e instanceof AccessDeniedException)) {
      String name = file.toString();
      var named =
          e instanceof NoSuchFileException
              ? new NoSuchFileException(name)
              : new AccessDeniedException(name);
      named.initCause(e);
      return named;
    }
    if (e instanceof FileSystemException || e instanceof CheckpointException) {
      return e;
    }
    var named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }

  /** Deletes a file because of another failure, which matters more than this one. */
  static void discard(Storage storage, Path file, Throwable reason) {
    try {
      storage.delete(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
