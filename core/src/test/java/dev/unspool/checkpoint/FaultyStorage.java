// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A disk on which one step fails, or all from that one on, as when the machine stops. */
final class FaultyStorage implements Storage {
  private final int failing;
  private final boolean forEver;
  private int steps;
  private boolean failed;

  /**
   * A disk.
   *
   * @param failing number of the step that fails, from 0
   * @param forEver whether all later steps fail too
   */
  FaultyStorage(int failing, boolean forEver) {
    this.failing = failing;
    this.forEver = forEver;
  }

  /** Whether it has come to that. */
  boolean failed() {
    return failed;
  }

  private boolean fails() {
    boolean fails = forEver ? steps >= failing : steps == failing;
    steps++;
    failed |= fails;
    return fails;
  }

  private void step() throws IOException {
    if (fails()) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public Sink create(Path file) throws IOException {
    step();
    Sink sink = DISK.create(file);
    return new Sink() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        if (fails()) {
          sink.write(bytes.limit(bytes.position() + bytes.remaining() / 2));
          throw new IOException("No space left on device");
        }
        sink.write(bytes);
      }

      @Override
      public void sync() throws IOException {
        step();
        sink.sync();
      }

      @Override
      public void close() throws IOException {
        sink.close();
        step();
      }
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    DISK.rename(from, to);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    step();
    DISK.syncFolder(folder);
  }

  @Override
  public void delete(Path file) throws IOException {
    step();
    DISK.delete(file);
  }
}
