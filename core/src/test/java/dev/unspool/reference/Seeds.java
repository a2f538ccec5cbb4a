// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import java.util.stream.LongStream;

/**
 * Seeds of random cases. The suite runs once with each kind of kernels, and each of these runs
 * takes one half of the cases: both together try more than either twice. {@code -Dunspool.seed=N}
 * runs one case, {@code -Dunspool.cases=N} that many, whatever the kernels.
 */
public final class Seeds {
  private Seeds() {}

  /**
   * Seeds from 0 on.
   *
   * @param cases how many in both runs together
   */
  public static LongStream of(int cases) {
    return of(0, cases);
  }

  /** Seeds from {@code first} on. */
  public static LongStream of(long first, int cases) {
    Long seed = Long.getLong("unspool.seed");
    if (seed != null) {
      return LongStream.of(seed);
    }
    Long wanted = Long.getLong("unspool.cases");
    if (wanted != null) {
      return LongStream.range(first, first + wanted);
    }
    long middle = first + cases / 2;
    return switch (System.getProperty("unspool.kernels", "")) {
      case "scalar" -> LongStream.range(first, middle);
      case "simd" -> LongStream.range(middle, first + cases);
      default -> LongStream.range(first, first + cases);
    };
  }
}
