// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * Lanes that are gone through together: all of a tape, or those that one thread has for itself.
 *
 * @param part number of the thread; 0 where nobody shares
 * @param from the first
 * @param to the one after the last
 * @param all how many there are on the tape
 */
record Lanes(int part, int from, int to, int all) {
  /** All of them. */
  static Lanes all(int count) {
    return new Lanes(0, 0, count, count);
  }

  /** A part of them, as even as can be. */
  static Lanes part(int part, int parts, int count) {
    return new Lanes(
        part,
        (int) ((long) count * part / parts),
        (int) ((long) count * (part + 1) / parts),
        count);
  }

  int count() {
    return to - from;
  }

  boolean areAll() {
    return count() == all;
  }
}
