// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * Opens files that users name, and says in one line why one cannot be used. Files that gzip has
 * compressed are read as what is in them.
 */
final class InputFile {
  private static final char BYTE_ORDER_MARK = '\ufeff';
  private static final int BUFFER = 1 << 16;

  private InputFile() {}

  /** Refuses what is not a readable file with something in it. */
  static void check(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw DataException.in(file, "is a directory, expected a file");
    }
    if (!Files.exists(file)) {
      throw DataException.in(
          file,
          isHidden(file)
              ? "a folder on its way may not be entered by this user; change its permissions"
              : "file not found; check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw DataException.in(file, "is not a regular file; data is read more than once");
    }
    if (!Files.isReadable(file)) {
      throw DataException.in(file, "may not be read by this user; change its permissions");
    }
    if (Files.size(file) == 0) {
      throw DataException.in(file, "the file is empty");
    }
  }

  /** Whether nobody tells us if there is such a file. */
  private static boolean isHidden(Path file) {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return false;
    } catch (IOException e) {
      return e instanceof AccessDeniedException;
    }
  }

  /** Refuses a file that is to be read byte by byte and holds something compressed. */
  static void requirePlain(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    if (kind != FileKind.PLAIN) {
      throw DataException.in(file, kind.refusal());
    }
  }

  /**
   * Opens a file of UTF-8 text, after its byte order mark if there is one. Malformed text makes
   * reading throw {@link java.nio.charset.MalformedInputException}; {@link #malformed} says where.
   */
  static BufferedReader open(Path file) throws IOException {
    InputStream bytes = bytes(file);
    // A decoder of its own, because a reader of a charset replaces what is malformed.
    var reader =
        new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    try {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return reader;
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** What is in a file, decompressed; files of other kinds are refused. */
  private static InputStream bytes(Path file) throws IOException {
    check(file);
    FileKind kind = FileKind.of(file);
    if (kind == FileKind.PLAIN) {
      return Files.newInputStream(file);
    }
    if (kind != FileKind.GZIP) {
      throw DataException.in(file, kind.refusal());
    }
    InputStream compressed = Files.newInputStream(file);
    try {
      return new GZIPInputStream(compressed, BUFFER);
    } catch (IOException e) {
      compressed.close();
      throw damaged(file, e);
    }
  }

  /** The error for a file that gzip cannot decompress. */
  static DataException damaged(Path file, Throwable e) {
    return new DataException(
        "%s: the gzip data are damaged or cut off (%s); copy the file again"
            .formatted(file, e.getMessage()),
        e);
  }

  /**
   * The error for a file that is not UTF-8. Readers run ahead, so the line is searched for anew.
   */
  static DataException malformed(Path file) throws IOException {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.allocate(BUFFER);
    CharBuffer out = CharBuffer.allocate(BUFFER);
    long line = 1;
    try (var channel = Channels.newChannel(bytes(file))) {
      boolean end = false;
      while (!end) {
        end = channel.read(in) < 0;
        in.flip();
        var result = decoder.decode(in, out, end);
        out.flip();
        line += out.chars().filter(c -> c == '\n').count();
        if (result.isError()) {
          return DataException.at(
              file,
              line,
              "found the byte 0x%s, which is not UTF-8; convert the file to UTF-8"
                  .formatted(HexFormat.of().toHexDigits(in.get(in.position()))));
        }
        in.compact();
        out.clear();
      }
    }
    return DataException.in(file, "is not UTF-8; convert the file to UTF-8");
  }
}
