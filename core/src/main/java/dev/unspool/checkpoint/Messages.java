// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.util.Objects;

/** Foreign text on its way into a message, which is one line. */
final class Messages {
  private static final int LONGEST = 100;

  private Messages() {}

  /** A text of whatever length, possibly from somebody hostile, without control characters. */
  static String shorten(String text) {
    return shorten(text, LONGEST);
  }

  private static String shorten(String text, int longest) {
    String shown = text.length() <= longest ? text : text.substring(0, longest) + "…";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /** The first line of an exception's message. */
  static String line(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
        .lines()
        .findFirst()
        .map(line -> shorten(line, 3 * LONGEST))
        .orElse("");
  }
}
