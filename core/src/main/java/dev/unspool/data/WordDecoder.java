// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/** Puts blanks between words and ends lines where they end. */
final class WordDecoder implements Decoder {
  private final Words words;
  private boolean lineBegins;

  /** A decoder behind {@code text}: its last word is not glued to the next one. */
  WordDecoder(Words words, String text) {
    this.words = words;
    this.lineBegins = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
  }

  @Override
  public String next(int token) {
    String word = words.word(token);
    boolean first = lineBegins;
    lineBegins = token == words.endOfLine();
    if (lineBegins) {
      return "\n";
    }
    return first ? word : " " + word;
  }

  @Override
  public String finish() {
    lineBegins = true;
    return "";
  }
}
