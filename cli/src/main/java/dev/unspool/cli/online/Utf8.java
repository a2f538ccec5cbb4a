// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether bytes are text. */
public final class Utf8 {
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer letters = CharBuffer.allocate(1 << 12);

  /** Why bytes are no text, or null. */
  public @Nullable String problem(byte[] text, int from, int to) {
    int at = from;
    while (at < to && text[at] > 0) {
      at++;
    }
    return at == to ? null : slowly(text, from, at, to);
  }

  private @Nullable String slowly(byte[] text, int begin, int from, int to) {
    for (int at = from; at < to; at++) {
      if (text[at] == 0) {
        return "byte %s is NUL, which is in no text".formatted(at - begin + 1);
      }
    }
    var bytes = ByteBuffer.wrap(text, from, to - from);
    decoder.reset();
    var result = decoder.decode(bytes, letters.clear(), true);
    while (result.isOverflow()) {
      result = decoder.decode(bytes, letters.clear(), true);
    }
    return result.isError()
        ? "byte %s is not UTF-8; convert the stream first".formatted(bytes.position() - begin + 1)
        : null;
  }
}
