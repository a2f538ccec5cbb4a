// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

/** What the launcher found out: which streams are a terminal, and how wide it is. */
final class Terminal {
  private static final int COLUMNS = 80;
  private static final int MOST_COLUMNS = 120;

  private Terminal() {}

  static boolean isStdout() {
    return System.getProperty("unspool.terminal", "").contains("out");
  }

  static boolean isStderr() {
    return System.getProperty("unspool.terminal", "").contains("err");
  }

  /** Colours are for terminals, and for those who have not switched them off (no-color.org). */
  static boolean isColourful(boolean terminal) {
    String noColor = System.getenv("NO_COLOR");
    return terminal && (noColor == null || noColor.isEmpty());
  }

  static int columns() {
    int columns = Integer.getInteger("unspool.columns", COLUMNS);
    return columns <= 0 ? COLUMNS : Math.clamp(columns, COLUMNS / 2, MOST_COLUMNS);
  }
}
