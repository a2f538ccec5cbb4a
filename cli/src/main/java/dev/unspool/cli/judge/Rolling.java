// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.predict.Combination;
import dev.unspool.score.Distributions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts from many origins: what a model said of each target at each horizon when it had seen
 * the rows up to an origin, in the targets' own units. A value, and with it the deviation or the
 * quantiles of a model that says them.
 */
public final class Rolling {
  private final long[] origins;
  private final int targets;
  private final List<Integer> horizons;
  private final List<Double> levels;
  private final int width;
  private final double[] numbers;
  private final boolean plain;
  private final boolean isOwn;
  private boolean scaled;

  /**
   * Forecasts that are not made yet.
   *
   * @param origins the newest row seen by each, ascending
   * @param targets how many
   * @param horizons rows ahead, ascending
   * @param levels of the quantiles that the model says, ascending; empty if it does not
   * @param plain whether bands are made of the forecasts alone, since what the model says of how
   *     sure it is is of one row ahead
   */
  public Rolling(
      long[] origins, int targets, List<Integer> horizons, List<Double> levels, boolean plain) {
    this.plain = plain || levels.isEmpty();
    this.isOwn = !plain;
    this.origins = origins.clone();
    this.targets = targets;
    this.horizons = List.copyOf(horizons);
    this.levels = List.copyOf(levels);
    this.width = 2 + levels.size();
    this.numbers =
        new double[Math.multiplyExact(origins.length * targets, horizons.size() * width)];
    Arrays.fill(numbers, Double.NaN);
  }

  /**
   * At most so many origins, evenly spaced; the last one is always among them.
   *
   * @param from the first
   * @param to one after the last
   */
  public static long[] evenly(long from, long to, int most) {
    long count = Math.max(0, to - from);
    long step = Math.max(1, Math.ceilDiv(count, most));
    long[] origins = new long[(int) Math.ceilDiv(count, step)];
    for (int i = 0; i < origins.length; i++) {
      origins[i] = to - 1 - step * (origins.length - 1 - i);
    }
    return origins;
  }

  /** How many origins there are. */
  public int count() {
    return origins.length;
  }

  /** The newest row that a forecast has seen. */
  public long origin(int index) {
    return origins[index];
  }

  /** Rows ahead, ascending. */
  public List<Integer> horizons() {
    return horizons;
  }

  private int at(int index, int target, int horizon) {
    return ((index * targets + target) * horizons.size() + horizon) * width;
  }

  /**
   * Keeps a forecast.
   *
   * @param index of the origin
   * @param horizon its number
   * @param deviation NaN of a model that says none
   * @param quantiles as many as there are levels
   */
  public void set(
      int index, int target, int horizon, double value, double deviation, double[] quantiles) {
    int at = at(index, target, horizon);
    numbers[at] = value;
    numbers[at + 1] = deviation;
    scaled |= isOwn && levels.isEmpty() && deviation > 0;
    System.arraycopy(quantiles, 0, numbers, at + 2, levels.size());
  }

  /**
   * The same forecasts, those of some targets moved.
   *
   * @param questions one for each target, of which each has the rows
   */
  Rolling combined(List<Question> questions, Combination combination) {
    var moved = new Rolling(origins, targets, horizons, levels, !isOwn);
    System.arraycopy(numbers, 0, moved.numbers, 0, numbers.length);
    moved.scaled = scaled;
    for (int target = 0; target < targets; target++) {
      Question question = questions.get(target);
      for (int index = 0; index < origins.length; index++) {
        for (int h = 0; h < horizons.size(); h++) {
          int at = at(index, target, h);
          double by =
              combination.correction(
                  question.name(), question.rows(), origins[index], horizons.get(h), numbers[at]);
          moved.numbers[at] += by;
          for (int level = 2; level < width; level++) {
            moved.numbers[at + level] += by;
          }
        }
      }
    }
    return moved;
  }

  /** The forecast itself; NaN if there is none. */
  double value(int index, int target, int horizon) {
    return numbers[at(index, target, horizon)];
  }

  /** What an offset of 1 widens a band by: the deviation, if the model says one. */
  double scale(int index, int target, int horizon) {
    double deviation = numbers[at(index, target, horizon) + 1];
    return scaled && deviation > 0 ? deviation : 1;
  }

  /** The lower end of what the model said, before it is calibrated. */
  double lower(int index, int target, int horizon, double level) {
    int at = at(index, target, horizon);
    return plain ? numbers[at] : numbers[at + 2 + nearest(levels, (1 - level) / 2)];
  }

  /** The upper end. */
  double upper(int index, int target, int horizon, double level) {
    int at = at(index, target, horizon);
    return plain ? numbers[at] : numbers[at + 2 + nearest(levels, (1 + level) / 2)];
  }

  /** Which of the quantiles is the end of a band. */
  static int nearest(List<Double> levels, double wanted) {
    int nearest = 0;
    for (int i = 1; i < levels.size(); i++) {
      if (Math.abs(levels.get(i) - wanted) < Math.abs(levels.get(nearest) - wanted)) {
        nearest = i;
      }
    }
    return nearest;
  }

  /** The level of the quantile that a band begins or ends with; null where there are none. */
  @Nullable Double quantile(double wanted) {
    return plain ? null : levels.get(nearest(levels, wanted));
  }

  /** Whether a band is widened in deviations that the model says. */
  boolean isScaled() {
    return scaled;
  }

  /** The continuous ranked probability score; NaN of a model that says a value alone. */
  double crps(int index, int target, int horizon, double truth) {
    int at = at(index, target, horizon);
    if (levels.size() > 1) {
      double[] probabilities = levels.stream().mapToDouble(Double::doubleValue).toArray();
      double[] quantiles = Arrays.copyOfRange(numbers, at + 2, at + width);
      return Distributions.crpsOfQuantiles(probabilities, quantiles, truth);
    }
    double deviation = numbers[at + 1];
    return Double.isNaN(deviation)
        ? Double.NaN
        : Distributions.crpsOfGaussian(numbers[at], deviation, truth);
  }

  /** The mean pinball loss of the quantiles; NaN of a model that says none. */
  double pinball(int index, int target, int horizon, double truth) {
    int at = at(index, target, horizon);
    double sum = 0;
    for (int i = 0; i < levels.size(); i++) {
      sum += Distributions.pinball(levels.get(i), numbers[at + 2 + i], truth);
    }
    return levels.isEmpty() ? Double.NaN : sum / levels.size();
  }
}
