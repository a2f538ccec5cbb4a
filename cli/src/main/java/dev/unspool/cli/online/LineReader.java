// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Lines of a stream, one after the other, as bytes. Memory is bounded: of a line that is longer
 * than a record may be, the beginning is kept and the rest passed over.
 */
final class LineReader implements Closeable {
  private static final int CHUNK = 1 << 16;

  /** What was found. */
  enum Found {
    /** A line. */
    LINE,
    /** None yet. */
    NONE,
    /** The stream is another from here on: a file that was rotated or cut off. */
    ANEW,
    /** None, and never will be. */
    END
  }

  private final ByteFeed feed;
  private final int longest;
  private byte[] buffer;
  private int from;
  private int filled;

  /** Up to where there is no end of a line. */
  private int searched;

  private boolean ended;
  private boolean anew;
  private long consumed;
  private long length;
  private int lineFrom;
  private int lineTo;
  private long skipped;

  /**
   * A reader.
   *
   * @param longest bytes of a line that is kept whole
   * @param consumed bytes of the stream that were read before
   */
  LineReader(ByteFeed feed, int longest, long consumed) {
    this.feed = feed;
    this.longest = longest;
    this.consumed = consumed;
    this.buffer = new byte[Math.min(longest, CHUNK) + CHUNK];
  }

  /** The bytes among which the line is, valid until the next one is asked for. */
  byte[] bytes() {
    return buffer;
  }

  /** Where the line begins. */
  int from() {
    return lineFrom;
  }

  /** Where it ends, without its line break. */
  int to() {
    return lineTo;
  }

  /** How long the line is in the stream; more than {@code to() − from()} if its rest is lost. */
  long length() {
    return length;
  }

  /** Whether only the beginning of the line is kept. */
  boolean isCut() {
    return length > lineTo - lineFrom;
  }

  /** Bytes of the stream up to the end of the line, its line break included. */
  long consumed() {
    return anew ? 0 : consumed;
  }

  /**
   * What a place is to be recognised by.
   *
   * @param place bytes of the stream up to the end of a line that was read
   */
  String mark(long place) throws IOException {
    return anew ? "" : feed.mark(place);
  }

  /**
   * The next line. The last one of a stream need not end.
   *
   * @param waitMillis how long to wait for it
   */
  Found next(long waitMillis) throws IOException {
    long wait = waitMillis;
    while (true) {
      if (anew) {
        anew = false;
        consumed = 0;
        return Found.ANEW;
      }
      for (; searched < filled; searched++) {
        if (buffer[searched] == '\n') {
          return line(searched, 1);
        }
      }
      if (ended) {
        return filled > from || skipped > 0 ? line(filled, 0) : Found.END;
      }
      if (filled - from > longest) {
        // No record: its end is all that is wanted of the rest.
        skipped += filled - from - longest;
        filled = from + longest;
        searched = filled;
      }
      makeRoom();
      int count = feed.read(buffer, filled, buffer.length - filled, wait);
      wait = 0;
      switch (count) {
        case 0 -> {
          return Found.NONE;
        }
        case ByteFeed.END -> ended = true;
        case ByteFeed.ANEW -> {
          anew = true;
          if (filled > from || skipped > 0) {
            return line(filled, 0); // the rest of the old stream
          }
        }
        default -> filled += count;
      }
    }
  }

  private Found line(int end, int lineBreak) {
    lineFrom = from;
    lineTo = end;
    consumed += end - from + skipped + lineBreak;
    length = end - from + skipped;
    skipped = 0;
    if (lineTo > lineFrom && buffer[lineTo - 1] == '\r') {
      lineTo--;
      length--;
    }
    if (lineTo - lineFrom > longest) {
      lineTo = lineFrom + longest;
    }
    from = end + lineBreak;
    searched = from;
    return Found.LINE;
  }

  private void makeRoom() {
    if (from > 0 && buffer.length - filled < CHUNK) {
      System.arraycopy(buffer, from, buffer, 0, filled - from);
      filled -= from;
      searched -= from;
      from = 0;
    }
    if (buffer.length - filled < CHUNK / 2) {
      buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, longest + 2 * CHUNK));
    }
  }

  @Override
  public void close() throws IOException {
    feed.close();
  }
}
