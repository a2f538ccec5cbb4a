// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

/** For which machines a test compiles. */
final class Widths {
  private Widths() {}

  /** Scalars, and all vectors that there can be, whether this machine has them or not. */
  static int[] all() {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return vectors ? new int[] {0, 128, 256, 512} : new int[] {0};
  }
}
