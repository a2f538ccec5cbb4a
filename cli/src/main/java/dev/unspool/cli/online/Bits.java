// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes as whole numbers, which a snapshot can hold: their count, and then eight in each. */
final class Bits {
  private Bits() {}

  static long[] longs(byte[] bytes) {
    long[] longs = new long[1 + Math.ceilDiv(bytes.length, Long.BYTES)];
    longs[0] = bytes.length;
    var padded = ByteBuffer.wrap(Arrays.copyOf(bytes, (longs.length - 1) * Long.BYTES));
    padded.asLongBuffer().get(longs, 1, longs.length - 1);
    return longs;
  }

  /**
   * The bytes again.
   *
   * @throws IllegalArgumentException if these are none
   */
  static byte[] bytes(long[] longs) {
    long count = longs.length == 0 ? -1 : longs[0];
    if (count < 0 || longs.length - 1 != Math.ceilDiv(count, Long.BYTES)) {
      throw new IllegalArgumentException(
          "%s numbers hold %s bytes; the snapshot is of another version"
              .formatted(longs.length, count));
    }
    var bytes = ByteBuffer.allocate((longs.length - 1) * Long.BYTES);
    bytes.asLongBuffer().put(longs, 1, longs.length - 1);
    return Arrays.copyOf(bytes.array(), (int) count);
  }
}
