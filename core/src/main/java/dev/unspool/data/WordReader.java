// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Cuts text into words, which are separated by white space, with {@link Words#END_OF_LINE} for each
 * line break. Not by lines, because a corpus may be a single line of gigabytes.
 */
final class WordReader {
  /** What is longer is no text; a small compressed file may hold one that no memory could. */
  private static final int LONGEST = 1 << 20;

  private final Reader reader;
  private final @Nullable Path file;
  private final boolean endLastLine;
  private final StringBuilder word = new StringBuilder();
  private final char[] buffer = new char[1 << 14];
  private int bufferAt;
  private int bufferEnd;
  private long read;
  private long start;
  private long line = 1;
  private boolean lineBreakPending;
  private boolean lineOpen;
  private boolean ended;

  /**
   * Reads from {@code reader}, which the caller closes.
   *
   * @param file where it reads from, for messages: its words are limited; null for text in memory,
   *     whose words already have the room that they need
   * @param endLastLine whether a last line without a line break ends like the others
   */
  WordReader(Reader reader, @Nullable Path file, boolean endLastLine) {
    this.reader = reader;
    this.file = file;
    this.endLastLine = endLastLine;
  }

  /**
   * The next word, or null after the last one.
   *
   * @throws DataException if one of a file is longer than {@value #LONGEST} characters
   */
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
        line++;
        lineBreakPending = true;
        return word.isEmpty() ? next() : word.toString();
      }
      lineOpen = true;
      if (!Character.isWhitespace(c)) {
        if (word.isEmpty()) {
          start = read - 1;
        }
        if (word.length() == LONGEST && file != null) {
          throw tooLong(file);
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

  private DataException tooLong(Path in) {
    return DataException.at(
        in,
        line,
        "a word has at most %s characters, and the one that begins with '%s' has more; check that this is text whose words are separated, or use --tokens bytes"
            .formatted(LONGEST, NumberText.shown(word.toString())));
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
