// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

/**
 * Text from elsewhere, such as names of files and columns, on its way to a terminal. What would
 * steer the terminal or turn the direction of writing is shown as {@code \u001b}, as JSON writes
 * it.
 */
public final class Visible {
  private Visible() {}

  /** A text in which lines may end and tabs may stand. */
  public static String text(String text) {
    return shown(text, true);
  }

  /** A text that is to stay on its line. */
  public static String line(String text) {
    return shown(text, false);
  }

  private static String shown(String text, boolean lines) {
    if (text.chars().noneMatch(c -> isHidden((char) c, lines))) {
      return text;
    }
    var shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isHidden(c, lines)) {
        shown.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  private static boolean isHidden(char c, boolean lines) {
    if (c == '\t' || (lines && c == '\n')) {
      return false;
    }
    // The last two ranges embed, override and isolate directions.
    return Character.isISOControl(c)
        || (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }
}
