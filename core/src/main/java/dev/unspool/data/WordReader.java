// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Cuts text into words, which are separated by white space, with {@link Words#END_OF_LINE} for each
 * line break. Not by lines, because a corpus may be a single line of gigabytes.
 */
final class WordReader {
  private final Reader reader;
  private final boolean endLastLine;
  private final StringBuilder word = new StringBuilder();
  private final char[] buffer = new char[1 << 14];
  private int bufferAt;
  private int bufferEnd;
  private long read;
  private long start;
  private boolean lineBreakPending;
  private boolean lineOpen;
  private boolean ended;

  /**
   * Reads from {@code reader}, which the caller closes.
   *
   * @param endLastLine whether a last line without a line break ends like the others
   */
  WordReader(Reader reader, boolean endLastLine) {
    this.reader = reader;
    this.endLastLine = endLastLine;
  }

  /** The next word, or null after the last one. */
  @Nullable String next() throws IOException {
    if (lineBreakPending) {
      lineBreakPending = false;
      lineOpen = false;
      start = read - 1;
      return Words.END_OF_LINE;
    }
    word.setLength(0);
    while (!ended) {
      int c = character();
      if (c < 0) {
        ended = true;
        break;
      }
      // The second half of a surrogate pair belongs to the code point that the first half counted.
      read += Character.isLowSurrogate((char) c) ? 0 : 1;
      if (c == '\n') {
        lineBreakPending = true;
        return word.isEmpty() ? next() : word.toString();
      }
      lineOpen = true;
      if (!Character.isWhitespace(c)) {
        if (word.isEmpty()) {
          start = read - 1;
        }
        word.append((char) c);
      } else if (!word.isEmpty()) {
        return word.toString();
      }
    }
    if (!word.isEmpty()) {
      String last = word.toString();
      word.setLength(0);
      return last;
    }
    if (lineOpen && endLastLine) {
      lineOpen = false;
      start = read;
      return Words.END_OF_LINE;
    }
    return null;
  }

  /** Code points before the word that {@link #next} returned last. */
  long start() {
    return start;
  }

  /** Code points read so far. */
  long read() {
    return read;
  }

  /** The next character, or −1: a reader's own {@code read()} takes a lock for each of them. */
  private int character() throws IOException {
    if (bufferAt == bufferEnd) {
      bufferAt = 0;
      bufferEnd = Math.max(reader.read(buffer), 0);
      if (bufferEnd == 0) {
        return -1;
      }
    }
    return buffer[bufferAt++];
  }
}
