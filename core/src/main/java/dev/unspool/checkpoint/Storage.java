// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The steps of writing a file for good, one by one, so that a test can let each of them fail. */
interface Storage {
  /** The real thing. */
  Storage DISK = new Disk();

  /** A file being written. */
  interface Sink extends AutoCloseable {
    /** Writes all that remains in the buffer. */
    void write(ByteBuffer bytes) throws IOException;

    /** Returns when everything written is on the disk. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A new, empty file. */
  Sink create(Path file) throws IOException;

  /** Gives a file another name, at once, replacing what has that name. */
  void rename(Path from, Path to) throws IOException;

  /** Returns when the names in a folder are on the disk. */
  void syncFolder(Path folder) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;

  /** The file system. */
  final class Disk implements Storage {
    private Disk() {}

    @Override
    public Sink create(Path file) throws IOException {
      var channel =
          FileChannel.open(
              file,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              LinkOption.NOFOLLOW_LINKS); // a link in the way may lead to somebody's file
      return new Sink() {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }

        @Override
        public void sync() throws IOException {
          channel.force(true);
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }
      };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (AccessDeniedException _) {
        // Windows opens no folders, and needs no such call.
      }
    }

    @Override
    public void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
    }
  }
}
