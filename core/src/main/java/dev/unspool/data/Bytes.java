// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.nio.charset.StandardCharsets;

/** Every byte is a token: any file can be learned, text as UTF-8. */
public record Bytes() implements Vocabulary {
  @Override
  public int size() {
    return 256;
  }

  @Override
  public String label() {
    return "bytes";
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = Byte.toUnsignedInt(bytes[i]);
    }
    return tokens;
  }

  @Override
  public Decoder decoderAfter(String text) {
    return new ByteDecoder();
  }
}
