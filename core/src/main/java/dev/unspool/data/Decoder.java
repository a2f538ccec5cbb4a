// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/** Turns tokens into text while they are generated, one by one. */
public sealed interface Decoder permits ByteDecoder, WordDecoder {
  /**
   * The text that is certain after one more token; empty in the middle of a character.
   *
   * @throws IllegalArgumentException if the vocabulary has no such token
   */
  String next(int token);

  /** The rest: a character that remained incomplete is U+FFFD. The decoder begins anew. */
  String finish();
}
