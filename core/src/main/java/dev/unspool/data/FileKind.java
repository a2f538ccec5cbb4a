// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** What files hold that are not the text they are taken for, by their first bytes. */
enum FileKind {
  /** Anything else. */
  PLAIN("", ""),
  GZIP("1f8b", "is compressed by gzip; decompress it first (gunzip)"),
  ZIP(
      "504b0304",
      "is a zip archive or a spreadsheet (xlsx, ods); unpack or export it as plain text"),
  SPREADSHEET("d0cf11e0a1b11ae1", "is a spreadsheet (xls); export it as comma-separated values"),
  XZ("fd377a585a00", "is compressed by xz; decompress it first (unxz)"),
  BZIP2("425a6839314159265359", "is compressed by bzip2; decompress it first (bunzip2)"),
  ZSTD("28b52ffd", "is compressed by Zstandard; decompress it first (unzstd)"),
  PARQUET("50415231", "is a Parquet file; export it as comma-separated values"),
  UTF_16_LITTLE("fffe", "is UTF-16; convert the file to UTF-8"),
  UTF_16_BIG("feff", "is UTF-16; convert the file to UTF-8");

  private static final int LONGEST = 16;

  private final String signature;
  private final String refusal;

  FileKind(String signature, String refusal) {
    this.signature = signature;
    this.refusal = refusal;
  }

  /** The kind of a file that can be read. */
  static FileKind of(Path file) throws IOException {
    byte[] beginning;
    try (InputStream in = Files.newInputStream(file)) {
      beginning = in.readNBytes(LONGEST);
    }
    String found = HexFormat.of().formatHex(beginning);
    for (FileKind kind : values()) {
      if (kind != PLAIN && found.startsWith(kind.signature)) {
        return kind;
      }
    }
    return PLAIN;
  }

  /** Why it cannot be used, after the file's name. */
  String refusal() {
    return refusal;
  }
}
