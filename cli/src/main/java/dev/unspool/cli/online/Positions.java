// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.RunException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Positions in words, for snapshots. */
final class Positions {
  private static final String RECORDS = "records";
  private static final String LINE = "line";
  private static final String OFFSET = "offset";
  private static final String MARK = "mark";

  private Positions() {}

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
}
