// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Small files that are replaced as checkpoints are: the new content is on the disk before it gets
 * the name. So whoever reads, also after the machine has stopped at any moment, finds the old
 * content or the new one, whole.
 */
public final class DurableFile {
  private DurableFile() {}

  /**
   * Writes a file, or replaces it. A link in its place is replaced, not followed.
   *
   * @param content not modified
   * @throws IOException if it cannot be written; what was there before is still there
   */
  public static void write(Path file, byte[] content) throws IOException {
    FileWriter.write(Storage.DISK, file, output -> output.write(ByteBuffer.wrap(content)));
    Storage.DISK.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }
}
