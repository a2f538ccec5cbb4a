// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.RunException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Opens what records come from, where it was left. */
final class Sources {
  private static final String RECORDS = "records";
  private static final String LINE = "line";
  private static final String OFFSET = "offset";
  private static final String MARK = "mark";

  private Sources() {}

  /** A position in words, for a snapshot. */
  static Map<String, String> about(Position position) {
    var about = new LinkedHashMap<String, String>();
    about.put(RECORDS, Long.toString(position.records()));
    about.put(LINE, Long.toString(position.line()));
    about.put(OFFSET, Long.toString(position.offset()));
    about.put(MARK, position.mark());
    return about;
  }

  /** The position that words say. */
  static Position position(Map<String, String> about) throws RunException {
    try {
      return new Position(
          Long.parseLong(about.getOrDefault(RECORDS, "")),
          Long.parseLong(about.getOrDefault(LINE, "")),
          Long.parseLong(about.getOrDefault(OFFSET, "")),
          about.getOrDefault(MARK, ""));
    } catch (NumberFormatException _) {
      throw new RunException(
          "the snapshot does not say how much was read; it is of another version: " + about);
    }
  }

  /**
   * Opens the records of a stream.
   *
   * @param about what a snapshot says: the position, and what the source has said there
   */
  static RecordSource open(StreamConfig stream, Map<String, String> about, OnlineRun.Ends ends)
      throws IOException {
    Position position = position(about);
    if (ends.follow() != null) {
      boolean knows = !ends.fromStart() && !position.mark().isEmpty();
      var feed =
          new FileFeed(
              ends.follow(), knows ? position.offset() : 0, position.mark(), ends.console()::note);
      return lines(stream, about, feed, feed.offset() > 0, ends);
    }
    if (position.records() > 0 && !ends.fromStart()) {
      ends.console()
          .note(
              "Going on behind record %s, with what standard input has now (--input-from-start if it begins at the beginning again)"
                  .formatted(position.records()));
    }
    return lines(stream, about, new PipeFeed(ends.in()), false, ends);
  }

  /**
   * Records that are lines.
   *
   * @param there whether the bytes are those behind the position, and not others
   */
  private static RecordSource lines(
      StreamConfig stream,
      Map<String, String> about,
      ByteFeed feed,
      boolean there,
      OnlineRun.Ends ends)
      throws RunException {
    Position position = position(about);
    boolean passes = ends.fromStart();
    long line = there ? position.line() : 0;
    long offset = there ? position.offset() : 0;
    return new LineSource(
        new LineReader(feed, LineSource.LONGEST, offset),
        stream.columns(),
        stream.format(),
        new Position(position.records(), line, offset, ""),
        about,
        passes ? position.records() : 0,
        ends.console()::warn);
  }
}
