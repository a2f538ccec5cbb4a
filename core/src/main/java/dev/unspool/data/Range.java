// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/**
 * Consecutive rows of a table, or tokens of a text.
 *
 * @param from the first
 * @param to one after the last
 */
public record Range(long from, long to) {

  /** Checks the order. */
  public Range {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "a range needs 0 <= from <= to, found %s to %s".formatted(from, to));
    }
  }

  /** How many there are. */
  public long length() {
    return to - from;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return from == to;
  }

  /** Refuses a range that is not inside of {@code size} things called {@code what}. */
  void requireWithin(long size, String what) {
    if (to > size) {
      throw new IllegalArgumentException(
          "%s %s to %s were asked for, there are %s".formatted(what, from, to, size));
    }
  }

  /** The range for messages: {@code 100 to 200}. */
  @Override
  public String toString() {
    return from + " to " + to;
  }
}
