// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.UsageException;
import java.util.ArrayList;
import java.util.List;

/** Lists of delays as they are written: {@code 0,1,2}, {@code 1-10} or {@code none}. */
final class Delays {
  private static final int LONGEST = 10_000;

  private Delays() {}

  /**
   * Reads a list.
   *
   * @param option that it was given with
   */
  static List<Integer> parse(String option, String text) {
    if (text.equals("none")) {
      return List.of();
    }
    var delays = new ArrayList<Integer>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      if (ends.length > 2
          || !ends[0].matches("\\d{1,6}")
          || !ends[ends.length - 1].matches("\\d{1,6}")) {
        throw refused(option, text);
      }
      int from = Integer.parseInt(ends[0]);
      int to = Integer.parseInt(ends[ends.length - 1]);
      if (to < from || to > LONGEST) {
        throw refused(option, text);
      }
      for (int delay = from; delay <= to; delay++) {
        delays.add(delay);
      }
    }
    return delays;
  }

  private static UsageException refused(String option, String text) {
    return new UsageException(
        "%s is '%s', expected delays in rows up to %s such as 0,1,2 or 1-10, or none"
            .formatted(option, text, LONGEST));
  }
}
