// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The disk without waiting for it, which no test can observe and many would spend minutes on. */
final class UnsyncedStorage implements Storage {
  @Override
  public Sink create(Path file) throws IOException {
    Sink sink = DISK.create(file);
    return new Sink() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        sink.write(bytes);
      }

      @Override
      public void sync() {}

      @Override
      public void close() throws IOException {
        sink.close();
      }
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    DISK.rename(from, to);
  }

  @Override
  public void syncFolder(Path folder) {}

  @Override
  public void delete(Path file) throws IOException {
    DISK.delete(file);
  }
}
