// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.data.Tokens;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC-32C checksums, with which a file says what others must be. */
public final class Digest {
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer number = ByteBuffer.allocate(Double.BYTES);

  /** Of some bytes. */
  public static String of(byte[] bytes) {
    return new Digest().with(bytes).toString();
  }

  /** Of the numbers in some columns: what was read, however it was written. */
  static String of(Table table, List<String> columns) {
    return of(table, columns, table.rows());
  }

  /** The same of the oldest rows alone. */
  static String of(Table table, List<String> columns, long rows) {
    var digest = new Digest();
    int[] indices = columns.stream().mapToInt(table::column).toArray();
    double[] row = new double[indices.length];
    for (long at = 0; at < rows; at++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = table.get(at, indices[i]);
      }
      digest.with(row);
    }
    return digest.toString();
  }

  /** Of the tokens of a text. */
  static String of(Tokens tokens) {
    var digest = new Digest();
    for (long at = 0; at < tokens.size(); at++) {
      digest.checksum.update(digest.number.clear().putInt(tokens.at(at)).flip());
    }
    return digest.toString();
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
