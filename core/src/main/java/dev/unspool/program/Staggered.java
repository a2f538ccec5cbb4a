// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * Arrays that are gone through side by side. A load is held up by a store before it that is a
 * multiple of 4096 bytes away, until the processor has told them apart; rows × units are mostly
 * such a multiple, and arrays that are made one after the other lie one behind the other. So these
 * are a little longer.
 */
final class Staggered {
  private static final int PAGE = 4096 / Float.BYTES;

  /** What is added to a size that is so near to a whole number of pages. */
  private static final int SOME = 64;

  private Staggered() {}

  /** An array of zeros, with room for at least so many numbers. */
  static float[] floats(int size) {
    return new float[size(size)];
  }

  /** For how many numbers to make room if so many are needed. */
  static int size(int size) {
    boolean near = size >= PAGE / 2 && (size + SOME / 2L) % PAGE < SOME;
    return near && size < Integer.MAX_VALUE - 8 - SOME ? size + SOME : size;
  }
}
