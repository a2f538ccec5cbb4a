// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Bytes followed by a checksum, so that what is damaged is not taken for a state. */
final class Sealed {
  private Sealed() {}

  static byte[] seal(byte[] content) {
    byte[] sealed = Arrays.copyOf(content, content.length + Integer.BYTES);
    ByteBuffer.wrap(sealed).putInt(content.length, checksum(content));
    return sealed;
  }

  /**
   * The content.
   *
   * @throws IllegalArgumentException if it is not what was sealed
   */
  static byte[] open(byte[] sealed) {
    int length = sealed.length - Integer.BYTES;
    byte[] content = Arrays.copyOf(sealed, Math.max(0, length));
    if (length < 0 || ByteBuffer.wrap(sealed).getInt(length) != checksum(content)) {
      throw new IllegalArgumentException(
          "the saved state is damaged, or no state at all: its checksum is wrong; begin anew with fresh()");
    }
    return content;
  }

  private static int checksum(byte[] content) {
    var crc = new CRC32C();
    crc.update(content);
    return (int) crc.getValue();
  }
}
