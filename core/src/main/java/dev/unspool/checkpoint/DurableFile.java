// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Files that are replaced as checkpoints are: the new content is on the disk before it gets the
 * name. So whoever reads, also after the machine has stopped at any moment, finds the old content
 * or the new one, whole. One thread at a time writes a file.
 */
public final class DurableFile {
  private DurableFile() {}

  /** Whoever has something to write. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, or replaces it. A link in its place is replaced, not followed.
   *
   * @param content not modified
   * @throws IOException if it cannot be written; what was there before is still there
   */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, out -> out.write(content));
  }

  /**
   * The same for content that is not in one array.
   *
   * @throws IOException if it cannot be written; what was there before is still there
   */
  public static void write(Path file, Content content) throws IOException {
    FileWriter.write(Storage.DISK, file, output -> content.writeTo(stream(output)));
    Storage.DISK.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  private static OutputStream stream(FileWriter.Output output) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value});
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        output.write(ByteBuffer.wrap(bytes, from, length));
      }
    };
  }
}
