// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs something until it no longer gets faster and the compiler rests: until the best time of the
 * last half did not beat that of the first half by a hundredth, and less than a hundredth of it was
 * spent on compiling. Each time that it was not so, the time doubles. On one processor the compiler
 * has no other to work on, so that it takes longer than where nothing is pinned.
 *
 * @param seconds to begin with; ten times as many at most
 * @param compiled milliseconds that the compiler has worked until now
 */
record WarmUp(double seconds, LongSupplier compiled) {
  private static final double GAIN = 0.99;
  private static final double REST = 0.01;
  private static final int MOST = 10;
  private static final @Nullable CompilationMXBean COMPILER =
      ManagementFactory.getCompilationMXBean();

  /** With the compiler of this JVM. */
  WarmUp(double seconds) {
    this(seconds, WarmUp::compiledHere);
  }

  private static long compiledHere() {
    return COMPILER == null ? 0 : COMPILER.getTotalCompilationTime();
  }

  /** Something that is run and says how long it took. */
  @FunctionalInterface
  interface Timed {
    double run() throws IOException;
  }

  void run(Contender contender) throws IOException {
    run(contender::measure);
  }

  void run(Timed timed) throws IOException {
    double before = best(timed, seconds / 2);
    double total = seconds / 2;
    while (total < MOST * seconds) {
      long start = compiled.getAsLong();
      double now = best(timed, total);
      boolean resting = compiled.getAsLong() - start <= REST * total * 1e3;
      total *= 2;
      if (now > GAIN * before && resting) {
        return;
      }
      before = now;
    }
  }

  private static double best(Timed timed, double seconds) throws IOException {
    double best = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    do {
      best = Math.min(best, timed.run());
    } while (System.nanoTime() - start < seconds * 1e9);
    return best;
  }
}
