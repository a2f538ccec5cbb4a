// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/** What the tokens of a text stand for: class indices from 0 to {@code size() − 1}. */
public sealed interface Vocabulary permits Bytes, Words {
  /** Number of different tokens. */
  int size();

  /** What a token is, in one word: {@code bytes} or {@code words}. */
  String label();

  /** The tokens of a text, for example of one to be continued. */
  int[] encode(String text);

  /** A decoder at the beginning of a text. */
  default Decoder decoder() {
    return decoderAfter("");
  }

  /**
   * A decoder of what goes on with a text, to be put behind it: words are separated from it by a
   * blank unless it ends with white space.
   */
  Decoder decoderAfter(String text);

  /**
   * The text that tokens stand for.
   *
   * @param tokens not modified
   */
  default String decode(int... tokens) {
    Decoder decoder = decoder();
    var text = new StringBuilder();
    for (int token : tokens) {
      text.append(decoder.next(token));
    }
    return text.append(decoder.finish()).toString();
  }
}
