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

  /** Whether a terminal understands more than text and line ends. */
  static boolean canMove() {
    String term = System.getenv("TERM");
    return term != null && !term.isEmpty() && !term.equals("dumb");
  }

  /** Colours are for terminals, and for those who have not switched them off (no-color.org). */
  static boolean isColourful(boolean terminal) {
    String noColor = System.getenv("NO_COLOR");
    return terminal && canMove() && (noColor == null || noColor.isEmpty());
  }

  /** Width of a help text: what the launcher found, within what can be read well. */
  static int helpColumns() {
    return Math.clamp(known(), COLUMNS, MOST_COLUMNS);
  }

  /** Width of the terminal on standard error at this moment. */
  static int columnsNow() {
    int columns = WindowSize.columns();
    return columns > 0 ? columns : known();
  }

  private static int known() {
    int columns = Integer.getInteger("unspool.columns", COLUMNS);
    return columns > 0 ? columns : COLUMNS;
  }
}
