// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.program.Node;
import java.util.List;

/**
 * How a value of a reverse program depends on what comes back to one array of the state: each of
 * its numbers on one unit alone, or on several, or on none.
 *
 * @param mixed whether some number depends on more than one unit, or nobody knows
 * @param parts what it is made of, added up; empty where it does not depend on that array
 */
record UnitForm(boolean mixed, List<Part> parts) {
  /** Does not depend on it. */
  static final UnitForm NOTHING = new UnitForm(false, List.of());

  /** Depends on it in another way than unit by unit. */
  static final UnitForm MIXED = new UnitForm(true, List.of());

  /**
   * {@code coefficient · adjoint}, unit by unit, in some consecutive numbers of the value: unit j
   * goes to the number {@code from + j / times}.
   *
   * @param from first of these numbers
   * @param times how many consecutive units are added up in one of them; mostly 1
   * @param coefficient as wide as the array of the state, or a constant
   */
  record Part(int from, int times, Node coefficient) {}

  boolean isNothing() {
    return !mixed && parts.isEmpty();
  }

  /** Whether number j depends on unit j, and there are no others. */
  boolean isDiagonal(int width, int units) {
    return parts.size() == 1
        && width == units
        && parts.getFirst().from() == 0
        && parts.getFirst().times() == 1;
  }
}
