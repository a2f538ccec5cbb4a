// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A disk on which one step fails, or all from that one on, as when the machine stops. */
final class FaultyStorage implements Storage {
  /** What is wrong with a step. */
  enum Fault {
    /** The disk is full: half of what is written arrives; other steps do nothing. */
    NO_SPACE,
    /** Nothing is done. */
    NOTHING_DONE,
    /** The step is done, and fails nevertheless. */
    DONE_BUT_FAILED,
    /**
     * Half of what is written arrives, or what should be on the disk is not, and nobody is told.
     */
    SILENT,
    /** Whatever else goes wrong in a process: it is no I/O error. */
    OUT_OF_MEMORY
  }

  private final int failing;
  private final boolean forEver;
  private final Fault fault;
  private int steps;
  private boolean failed;

  /** A disk that is full at a step. */
  FaultyStorage(int failing, boolean forEver) {
    this(failing, forEver, Fault.NO_SPACE);
  }

  /**
   * A disk.
   *
   * @param failing number of the step that fails, from 0
   * @param forEver whether all later steps fail too
   */
  FaultyStorage(int failing, boolean forEver, Fault fault) {
    this.failing = failing;
    this.forEver = forEver;
    this.fault = fault;
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

  /** Something that is done to a disk. */
  private interface Step {
    void run() throws IOException;
  }

  private void step(Step done) throws IOException {
    if (!fails()) {
      done.run();
      return;
    }
    if (fault == Fault.DONE_BUT_FAILED || fault == Fault.SILENT) {
      done.run();
    }
    fail();
  }

  private void fail() throws IOException {
    switch (fault) {
      case NO_SPACE -> throw new IOException("No space left on device");
      case NOTHING_DONE, DONE_BUT_FAILED -> throw new IOException("Input/output error");
      case OUT_OF_MEMORY -> throw new OutOfMemoryError("as if");
      case SILENT -> {}
    }
  }

  private static void writeHalf(Sink sink, ByteBuffer bytes) throws IOException {
    sink.write(bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2));
  }

  @Override
  public Sink create(Path file) throws IOException {
    var created = new Sink[1];
    try {
      step(() -> created[0] = DISK.create(file));
    } catch (IOException | Error e) {
      if (created[0] != null) {
        created[0].close();
      }
      throw e;
    }
    Sink sink = created[0];
    return new Sink() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        if (!fails()) {
          sink.write(bytes);
          return;
        }
        if (fault == Fault.NO_SPACE || fault == Fault.SILENT) {
          writeHalf(sink, bytes);
        } else if (fault == Fault.DONE_BUT_FAILED) {
          sink.write(bytes);
        }
        fail();
      }

      @Override
      public void sync() throws IOException {
        if (fails()) {
          fail();
        } else {
          sink.sync();
        }
      }

      @Override
      public void close() throws IOException {
        sink.close();
        step(() -> {});
      }
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step(() -> DISK.rename(from, to));
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    step(() -> DISK.syncFolder(folder));
  }

  @Override
  public void delete(Path file) throws IOException {
    step(() -> DISK.delete(file));
  }
}
