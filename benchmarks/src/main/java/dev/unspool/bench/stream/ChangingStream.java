// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import java.util.Random;

/**
 * A stream whose law changes twice: values around a level, with a season of 24 rows and what is
 * left to the law of the moment. The same numbers for the same seed.
 *
 * <ol>
 *   <li>level 100, a sine over the season, and an autoregression that goes on: 0.8;
 *   <li>level 130, two steps a season, and one that turns about: −0.7;
 *   <li>level 80, half the sine, and one that is bent (a threshold autoregression; Tong 1990): 0.9
 *       below 0 and −0.9 above, so that no linear model has it.
 * </ol>
 */
final class ChangingStream {
  static final int SEASON = 24;
  static final int REGIMES = 3;

  private static final double[] LEVEL = {100, 130, 80};

  private ChangingStream() {}

  /** Values; the law changes at one and at two thirds of them. */
  static double[] values(long seed, int rows) {
    var random = new Random(seed);
    double[] values = new double[rows];
    double left = 0;
    for (int t = 0; t < rows; t++) {
      int regime = (int) ((long) REGIMES * t / rows);
      double phase = 2 * Math.PI * (t % SEASON) / SEASON;
      double season =
          switch (regime) {
            case 0 -> 10 * Math.sin(phase);
            case 1 -> 10 * Math.signum(Math.sin(2 * phase + 0.1));
            default -> 5 * Math.sin(phase);
          };
      double law =
          switch (regime) {
            case 0 -> 0.8;
            case 1 -> -0.7;
            default -> left < 0 ? 0.9 : -0.9;
          };
      left = law * left + 2 * random.nextGaussian();
      values[t] = LEVEL[regime] + season + left;
    }
    return values;
  }
}
