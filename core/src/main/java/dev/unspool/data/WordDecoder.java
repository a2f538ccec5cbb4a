// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/** Puts blanks between words and ends lines where they end. */
final class WordDecoder implements Decoder {
  private final Words words;
  private boolean lineBegins = true;

  WordDecoder(Words words) {
    this.words = words;
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
