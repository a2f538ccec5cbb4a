// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Range;
import dev.unspool.data.Split;

/** Cuts data into the parts of a run. */
final class Parts {
  /** A product such as 0.7 · 10 may come out a little too small. */
  private static final double ROUNDING = 1e-6;

  private Parts() {}

  /**
   * The parts of so many rows or tokens. Parts end where {@code floor(rows · fraction)} says, as
   * slices of arrays are usually cut, so that figures can be compared with those of other programs
   * (of 3177 sunspots, the test part is the last 636, not 635).
   */
  static Split of(long rows, double valid, double test) {
    long judged = end(rows, 1 - test);
    long train = Math.min(judged, end(rows, 1 - valid - test));
    return new Split(new Range(0, train), new Range(train, judged), new Range(judged, rows));
  }

  private static long end(long rows, double fraction) {
    return (long) Math.floor(rows * fraction + ROUNDING);
  }
}
