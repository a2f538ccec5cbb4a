// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** How columns of a product are cut into groups of vectors, for so many rows; see {@link Tiles}. */
final class Groups {
  /** Vectors of each group. */
  private final int[] sizes;

  /** Vectors before each group. */
  private final int[] starts;

  /**
   * Cuts the vectors {@code first} to the one before {@code end}.
   *
   * @param first an even number
   */
  Groups(int rows, int first, int end) {
    int count = 0;
    for (int at = first; at < end; at += Tiles.group(rows, end - at)) {
      count++;
    }
    sizes = new int[count];
    starts = new int[count];
    int at = first;
    for (int i = 0; i < count; i++) {
      starts[i] = at;
      sizes[i] = Tiles.group(rows, end - at);
      at += sizes[i];
    }
  }

  int count() {
    return sizes.length;
  }

  /** Vectors of a group. */
  int size(int group) {
    return sizes[group];
  }

  /** The first vector of a group. */
  int start(int group) {
    return starts[group];
  }
}
