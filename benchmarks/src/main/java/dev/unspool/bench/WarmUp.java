// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;

/**
 * Runs something until it no longer gets faster: until the best time of the last half did not beat
 * that of the first half by a hundredth, which doubles the time each time it did.
 *
 * @param seconds to begin with; ten times as many at most
 */
record WarmUp(double seconds) {
  private static final double GAIN = 0.99;
  private static final int MOST = 10;

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
      double now = best(timed, total);
      total *= 2;
      if (now > GAIN * before) {
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
