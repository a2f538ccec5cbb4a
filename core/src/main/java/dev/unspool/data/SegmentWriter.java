// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects numbers, of which nobody knows beforehand how many there will be, into one segment. Up
 * to a limit they stay on the heap; beyond it they go to a temporary file that is mapped in the
 * end. The file is deleted as soon as it is open, so that it is gone even if the process is killed.
 */
final class SegmentWriter implements Closeable {
  /** Largest size in bytes that stays on the heap. */
  static final long HEAP_LIMIT = 256L << 20;

  /** A multiple of the size of every number, so that none lies across two chunks. */
  private static final int CHUNK = 1 << 16;

  private final long heapLimit;
  private final Path folder;
  private final List<ByteBuffer> full = new ArrayList<>();
  private ByteBuffer chunk = newChunk();
  private long written;
  private @Nullable FileChannel spill;

  /**
   * A writer without numbers.
   *
   * @param heapLimit largest size in bytes that stays on the heap
   */
  SegmentWriter(long heapLimit) {
    this(heapLimit, Path.of(System.getProperty("java.io.tmpdir", ".")));
  }

  /** The same, with temporary files in {@code folder}. */
  SegmentWriter(long heapLimit, Path folder) {
    this.heapLimit = heapLimit;
    this.folder = folder;
  }

  /** Appends a number. */
  void write(double value) throws IOException {
    if (!chunk.hasRemaining()) {
      next();
    }
    chunk.putDouble(value);
  }

  /** Appends a number. */
  void write(long value) throws IOException {
    if (!chunk.hasRemaining()) {
      next();
    }
    chunk.putLong(value);
  }

  /** Everything that was written, in native byte order; the caller closes it. */
  Memory finish() throws IOException {
    if (spill == null && written + chunk.position() <= heapLimit) {
      return Memory.heap(heap());
    }
    FileChannel file = spill();
    drain(file);
    return Memory.map(file, written);
  }

  @Override
  public void close() throws IOException {
    full.clear();
    if (spill != null) {
      spill.close();
    }
  }

  private static ByteBuffer newChunk() {
    return ByteBuffer.allocate(CHUNK).order(ByteOrder.nativeOrder());
  }

  private void next() throws IOException {
    if (spill != null || written + CHUNK > heapLimit) {
      drain(spill());
    } else {
      written += CHUNK;
      full.add(chunk);
      chunk = newChunk();
    }
  }

  private MemorySegment heap() {
    long size = written + chunk.position();
    // Elements of 8 bytes, because the alignment of a heap segment is that of its array.
    var segment = MemorySegment.ofArray(new long[Math.toIntExact((size + 7) / 8)]);
    long offset = 0;
    full.add(chunk);
    for (ByteBuffer part : full) {
      part.flip();
      MemorySegment.copy(MemorySegment.ofBuffer(part), 0, segment, offset, part.limit());
      offset += part.limit();
    }
    return segment.asSlice(0, size);
  }

  /** The temporary file; it takes over what was on the heap when it is first asked for. */
  private FileChannel spill() throws IOException {
    if (spill == null) {
      spill = create();
      written = 0;
      for (ByteBuffer part : full) {
        write(spill, part);
      }
      full.clear();
    }
    return spill;
  }

  private FileChannel create() throws IOException {
    try {
      Path file = Files.createTempFile(folder, "unspool-", ".data");
      return FileChannel.open(
          file,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void drain(FileChannel file) throws IOException {
    write(file, chunk);
    chunk.clear();
  }

  private void write(FileChannel file, ByteBuffer part) throws IOException {
    part.flip();
    try {
      while (part.hasRemaining()) {
        written += file.write(part);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private DataException failed(IOException e) {
    return new DataException(
        ("%s: cannot write a temporary file for data above %s MiB (%s); free some space, or choose"
                + " another folder with -Djava.io.tmpdir")
            .formatted(folder, heapLimit >> 20, e),
        e);
  }
}
