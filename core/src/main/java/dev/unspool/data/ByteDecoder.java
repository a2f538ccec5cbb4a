// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Holds bytes back until they are a whole UTF-8 character. */
final class ByteDecoder implements Decoder {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer in = ByteBuffer.allocate(8);
  private final CharBuffer out = CharBuffer.allocate(16);

  @Override
  public String next(int token) {
    if (token < 0 || token > 255) {
      throw new IllegalArgumentException("a byte is from 0 to 255, found the token " + token);
    }
    in.put((byte) token);
    return decode(false);
  }

  @Override
  public String finish() {
    String rest = decode(true);
    decoder.reset();
    in.clear();
    return rest;
  }

  private String decode(boolean end) {
    in.flip();
    decoder.decode(in, out, end);
    in.compact();
    String text = out.flip().toString();
    out.clear();
    return text;
  }
}
