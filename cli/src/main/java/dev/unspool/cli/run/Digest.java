// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** CRC-32C checksums, with which a file says what others must be. */
public final class Digest {
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer number = ByteBuffer.allocate(Double.BYTES);

  /** Of some bytes. */
  public static String of(byte[] bytes) {
    return new Digest().with(bytes).toString();
  }

  /** Goes on with more bytes. */
  public Digest with(byte[] bytes) {
    checksum.update(bytes);
    return this;
  }

  /** Goes on with numbers, bit for bit. */
  public Digest with(double[] values) {
    for (double value : values) {
      checksum.update(number.clear().putDouble(value).flip());
    }
    return this;
  }

  /** Eight hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }
}
