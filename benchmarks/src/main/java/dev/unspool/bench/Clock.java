// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** What is counted as time. */
enum Clock {
  /** What passes: of several threads, it says how long their work takes. */
  WALL(System::nanoTime),

  /**
   * What the processor works for the thread that asks: on a machine that others use as well, it
   * says more of one thread.
   */
  PROCESSOR(ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);

  private final LongSupplier nanos;

  Clock(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Nanoseconds since something. */
  long nanos() {
    return nanos.getAsLong();
  }
}
