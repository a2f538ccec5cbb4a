// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * The newest bytes that were read of a file. They are compared with what is there now: a file that
 * was cut off and has grown again meanwhile is longer than what was read, and another.
 */
final class FileTail {
  private final byte[] bytes;
  private int kept;

  /**
   * Of nothing.
   *
   * @param most bytes that are kept
   */
  FileTail(int most) {
    this.bytes = new byte[most];
  }

  /** Takes bytes that were read behind those before. */
  void add(byte[] from, int at, int count) {
    int stay = Math.max(0, Math.min(kept, bytes.length - count));
    System.arraycopy(bytes, kept - stay, bytes, 0, stay);
    int taken = Math.min(count, bytes.length);
    System.arraycopy(from, at + count - taken, bytes, stay, taken);
    kept = stay + taken;
  }

  /** Forgets them. */
  void clear() {
    kept = 0;
  }

  /**
   * Whether they are what stands before a place.
   *
   * @param end of them, in the file
   */
  boolean isBefore(FileChannel file, long end) throws IOException {
    byte[] there = before(file, end, kept);
    return Arrays.equals(there, 0, there.length, bytes, 0, kept);
  }

  /** Bytes before a place of a file; fewer where it ends sooner. */
  static byte[] before(FileChannel file, long end, int count) throws IOException {
    var before = ByteBuffer.allocate(count);
    long from = end - count;
    while (before.hasRemaining() && file.read(before, from + before.position()) > 0) {
      // Until all are there.
    }
    return Arrays.copyOf(before.array(), before.position());
  }
}
