// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A segment with what must be given back afterwards.
 *
 * @param segment readable by any thread until this is closed
 * @param mapping to which a mapped segment belongs, or null if it is on the heap
 */
record Memory(MemorySegment segment, @Nullable Arena mapping) implements AutoCloseable {

  /** Memory that the garbage collector takes back. */
  static Memory heap(MemorySegment segment) {
    return new Memory(segment, null);
  }

  /** The first {@code size} bytes of a file, which may be closed and deleted afterwards. */
  @SuppressWarnings("MustBeClosed") // Belongs to the memory that is returned.
  static Memory map(FileChannel file, long size) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new Memory(file.map(FileChannel.MapMode.READ_ONLY, 0, size, arena), arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public void close() {
    if (mapping != null && mapping.scope().isAlive()) {
      mapping.close();
    }
  }
}
