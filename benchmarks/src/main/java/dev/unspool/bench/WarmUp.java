// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs something until it no longer gets faster and the compiler rests: until the best time of the
 * newest window did not beat that of the window before by a hundredth, and less than a hundredth of
 * it was spent on compiling. Windows grow with the time that has passed: what is large takes longer
 * to compile, and the time that went into it is known only when it is done. On one processor the
 * compiler has no other to work on, so that it takes longer than where nothing is pinned.
 *
 * @param window seconds that the first window lasts, and each further one at least
 * @param most seconds after which no further window begins
 * @param compiled milliseconds that the compiler has worked until now
 */
public record WarmUp(double window, double most, LongSupplier compiled) {
  private static final double GAIN = 0.99;
  private static final double REST = 0.01;

  /** How long a window is, of the time until it begins. */
  private static final double SHARE = 0.3;

  /** Shorter ones end while the compiler still works on what they wait for. */
  private static final double SHORTEST = 0.25;

  private static final double LONGEST = 60;

  private static final @Nullable CompilationMXBean COMPILER =
      ManagementFactory.getCompilationMXBean();

  /**
   * With the compiler of this JVM, for as long as that takes.
   *
   * @param seconds that are measured afterwards, of which a half is the first window if that is
   *     long enough
   */
  public WarmUp(double seconds) {
    this(Math.max(seconds / 2, SHORTEST), Math.max(10 * seconds, LONGEST), WarmUp::compiledHere);
  }

  private static long compiledHere() {
    return COMPILER == null ? 0 : COMPILER.getTotalCompilationTime();
  }

  /** Something that is run and says how long it took. */
  @FunctionalInterface
  public interface Timed {
    /** Returns any unit of time. */
    double run() throws IOException;
  }

  void run(Contender contender) throws IOException {
    run(contender::measure);
  }

  /** Until nothing gets faster. */
  public void run(Timed timed) throws IOException {
    long begun = System.nanoTime();
    double before = best(timed, window);
    for (double passed = since(begun); passed < most; passed = since(begun)) {
      long worked = compiled.getAsLong();
      double now = best(timed, Math.max(window, SHARE * passed));
      boolean resting = compiled.getAsLong() - worked <= REST * 1e3 * (since(begun) - passed);
      if (now > GAIN * before && resting) {
        return;
      }
      before = now;
    }
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) * 1e-9;
  }

  private static double best(Timed timed, double seconds) throws IOException {
    double best = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    do {
      best = Math.min(best, timed.run());
    } while (since(start) < seconds);
    return best;
  }
}
