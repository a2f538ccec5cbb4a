// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number that one thread writes and others wait for, with nothing else on its cache line, nor on
 * the next one, which processors like to fetch along.
 */
final class CacheLine {
  /** Values of two lines. */
  private static final int APART = 16;

  private final AtomicLongArray values = new AtomicLongArray(2 * APART + 2);

  /** The number, and with it all that was written before it was. */
  long number() {
    return values.get(APART);
  }

  void number(long next) {
    values.set(APART, next);
  }

  /** Whether its writer sleeps, and has to be woken to go on. */
  boolean isAsleep() {
    return values.get(APART + 1) != 0;
  }

  void asleep(boolean now) {
    values.set(APART + 1, now ? 1 : 0);
  }
}
