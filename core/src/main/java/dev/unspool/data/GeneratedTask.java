// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/** What generated tasks check alike. */
final class GeneratedTask {
  private GeneratedTask() {}

  /** Refuses a stored position that is not one of a task of this size. */
  static void require(long position, int length, boolean sameSize) {
    if (!sameSize || position < 0 || position >= length) {
      throw new IllegalArgumentException(
          ("the checkpoint (at step %s of a sequence) does not belong to a task with sequences of"
                  + " %s steps and this number of lanes; resume with the same task")
              .formatted(position, length));
    }
  }
}
