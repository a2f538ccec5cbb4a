// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/** What stands for a number that is missing. */
public enum Fill {
  /** Nothing: it stays NaN, for whoever refuses it. */
  NONE,
  /** The newest one that is known; the column's mean where there was none yet. */
  LAST,
  /**
   * What lies on a straight line between the newest one and the next; {@link #LAST} where the next
   * one is not known, as in a service.
   */
  LINEAR,
  /** 0, in the column's own units: no row, nothing sold. */
  ZERO
}
