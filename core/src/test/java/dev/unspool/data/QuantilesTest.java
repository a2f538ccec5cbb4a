// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class QuantilesTest {
  /** As NumPy's default method defines it, on sorted numbers. */
  private static double sorted(double[] values, double fraction) {
    double[] copy = values.clone();
    Arrays.sort(copy);
    double rank = fraction * (copy.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(copy.length - 1, below + 1);
    return copy[below] * (1 - (rank - below)) + copy[above] * (rank - below);
  }

  @Test
  void areThoseOfTheSortedNumbers() {
    long seed = Long.getLong("unspool.seed", 7);
    var random = new Random(seed);
    for (int count : new int[] {1, 2, 3, 4, 5, 50, 1001}) {
      for (int kind = 0; kind < 4; kind++) {
        var values = new double[count];
        for (int i = 0; i < count; i++) {
          values[i] =
              switch (kind) {
                case 0 -> random.nextGaussian();
                case 1 -> 1e8 + random.nextInt(3);
                case 2 -> Math.scalb(random.nextGaussian(), random.nextInt(-900, 900));
                default -> random.nextBoolean() ? 0.0 : -5;
              };
        }
        var quantiles = new Quantiles(count, i -> values[(int) i]);
        for (double fraction : new double[] {0, 0.25, 0.5, 0.75, 0.9, 1}) {
          double expected = sorted(values, fraction);
          assertEquals(
              expected,
              quantiles.at(fraction),
              1e-12 * Math.abs(expected),
              "seed %s, %s numbers of kind %s, fraction %s".formatted(seed, count, kind, fraction));
        }
      }
    }
  }

  @Test
  void refusesWhatHasNoQuantile() {
    Refusal.containing(IllegalArgumentException.class, "found 0", () -> new Quantiles(0, _ -> 1));
    var one = new Quantiles(1, _ -> 1);
    Refusal.containing(IllegalArgumentException.class, "found 1.5", () -> one.at(1.5));
    Refusal.containing(IllegalArgumentException.class, "found NaN", () -> one.at(Double.NaN));
  }
}
