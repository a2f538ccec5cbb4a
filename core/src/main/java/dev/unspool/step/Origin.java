// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

/** Finds the line of a step's author. */
final class Origin {
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final String[] INNER = {"dev.unspool.step.", "dev.unspool.program.", "java."};

  private Origin() {}

  /** {@code MyCell.java:42}: where whoever writes a step is now; empty where that is nobody. */
  static String find() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> !isInner(frame.getClassName()))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse(""));
  }

  private static boolean isInner(String name) {
    for (String inner : INNER) {
      if (name.startsWith(inner)) {
        return true;
      }
    }
    return false;
  }
}
