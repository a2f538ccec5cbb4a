// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * A mask of dropout.
 *
 * @param factors what is multiplied by: a leaf that knows its probability
 * @param steps after how many steps it is drawn anew: 1 for each step; 0 only where a sequence
 *     begins, as it is in every case
 */
public record Mask(Node factors, int steps) {
  /** Number of factors of one row. */
  public int width() {
    return factors.width();
  }

  /** With which a factor is 0. */
  double probability() {
    return ((Leaf) factors.op()).number();
  }
}
