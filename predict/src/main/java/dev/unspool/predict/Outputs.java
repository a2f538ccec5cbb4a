// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.Arrays;
import java.util.List;

/**
 * What the numbers that a model puts out say about the targets, in the targets' own units.
 *
 * <p>The numbers are in this order: by target, for each its horizons, for each of these its
 * quantiles. A model that says how sure it is puts out all means, and after them, in the same
 * order, all log-variances.
 *
 * <p>Quantiles are put out one by one, so they may cross. What is said of them is sorted, which
 * makes none worse: sorted quantiles are at least as close to the truth (Chernozhukov,
 * Fernández-Val and Galichon 2010, "Quantile and Probability Curves Without Crossing"), and the
 * model stays a linear map that any loss and any export understands.
 *
 * @param targets what is predicted, at least one
 * @param horizons how many rows ahead, ascending; at least one, none below 0
 * @param law what is said of each target at each horizon
 * @param quantiles probabilities, ascending: those that are put out, {@link Law#QUANTILES}, or
 *     those that are asked of a normal distribution; empty for none
 */
public record Outputs(
    List<Target> targets, List<Integer> horizons, Law law, List<Double> quantiles) {

  /** What is said of a target at a horizon. */
  public enum Law {
    /** A value. */
    VALUE,
    /** Quantiles. */
    QUANTILES,
    /** The mean of a normal distribution and the logarithm of its variance. */
    GAUSSIAN
  }

  /**
   * How a number becomes a value of a target: {@code origin + unit · number}.
   *
   * @param name of the target
   * @param change whether the origin is the newest known value, and the number says how far the
   *     target moves from it
   * @param origin what a number of 0 says, where it is not the newest value
   * @param units what a number of 1 moves the target by, by horizon
   */
  public record Target(String name, boolean change, double origin, List<Double> units) {
    /** Checks the numbers. */
    public Target {
      units = List.copyOf(units);
      if (!Double.isFinite(origin) || units.stream().anyMatch(unit -> !(unit > 0))) {
        throw new IllegalArgumentException(
            "target '%s' needs an origin and units above 0, found %s and %s"
                .formatted(name, origin, units));
      }
    }

    private double from(double newest) {
      return change ? newest : origin;
    }

    /**
     * What the model should put out for a value.
     *
     * @param horizon number of the horizon
     * @param newest the newest known value
     */
    public double encode(int horizon, double value, double newest) {
      return (value - from(newest)) / units.get(horizon);
    }

    /** The value that the model put out. */
    public double decode(int horizon, double output, double newest) {
      return from(newest) + units.get(horizon) * output;
    }
  }

  /** Checks the parts. */
  public Outputs {
    targets = List.copyOf(targets);
    horizons = List.copyOf(horizons);
    quantiles = List.copyOf(quantiles);
    int count = horizons.size();
    if (targets.isEmpty() || targets.stream().anyMatch(target -> target.units().size() != count)) {
      throw new IllegalArgumentException(
          "there must be a target, and of each a unit for each of the horizons %s, found %s"
              .formatted(horizons, targets));
    }
    requireAscending(horizons.stream().mapToDouble(Integer::doubleValue).toArray(), "horizons");
    requireAscending(quantiles.stream().mapToDouble(Double::doubleValue).toArray(), "quantiles");
    if (horizons.isEmpty()
        || horizons.get(0) < 0
        || quantiles.stream().anyMatch(p -> p <= 0 || p >= 1)
        || (law == Law.QUANTILES && quantiles.isEmpty())
        || (law == Law.VALUE && !quantiles.isEmpty())) {
      throw new IllegalArgumentException(
          "there must be horizons of at least 0 rows, and quantiles between 0 and 1 of a distribution alone, found %s, %s and %s"
              .formatted(horizons, quantiles, law));
    }
  }

  private static void requireAscending(double[] numbers, String what) {
    for (int i = 1; i < numbers.length; i++) {
      if (!(numbers[i] > numbers[i - 1])) {
        throw new IllegalArgumentException(
            "%s must be ascending, found %s".formatted(what, Arrays.toString(numbers)));
      }
    }
  }

  /** How many numbers the model puts out. */
  public int count() {
    return values() * perValue();
  }

  /** Targets times horizons. */
  public int values() {
    return targets.size() * horizons.size();
  }

  private int perValue() {
    return switch (law) {
      case VALUE -> 1;
      case QUANTILES -> quantiles.size();
      case GAUSSIAN -> 2;
    };
  }

  /** Which of the values of a model, or of its means, one is. */
  int value(int target, int horizon) {
    return target * horizons.size() + horizon;
  }

  /** Number of the quantile that is the forecast itself: that of ½, or else the one amid them. */
  public static int middle(List<Double> quantiles) {
    int half = quantiles.indexOf(0.5);
    return half >= 0 ? half : (quantiles.size() - 1) / 2;
  }

  /**
   * The forecast itself: the value, the middle quantile, or the mean.
   *
   * @param outputs of the model
   * @param at where they begin
   * @param target number of the target
   * @param horizon number of the horizon
   * @param newest newest known value of the target; any number where the model does not predict its
   *     change
   */
  public double point(float[] outputs, int at, int target, int horizon, double newest) {
    double output =
        law == Law.QUANTILES
            ? sorted(outputs, at, target, horizon)[middle(quantiles)]
            : outputs[at + value(target, horizon)];
    return targets.get(target).decode(horizon, output, newest);
  }

  /** Standard deviation of a forecast; only of a normal distribution. */
  public double deviation(float[] outputs, int at, int target, int horizon) {
    if (law != Law.GAUSSIAN) {
      throw new IllegalStateException("the model does not say a variance, but a " + law);
    }
    double logVariance = outputs[at + values() + value(target, horizon)];
    return targets.get(target).units().get(horizon) * Math.exp(logVariance / 2);
  }

  /**
   * The quantiles of a forecast, ascending, one for each of {@link #quantiles}.
   *
   * @return none where the model does not say any
   */
  public double[] quantiles(float[] outputs, int at, int target, int horizon, double newest) {
    double[] values = new double[quantiles.size()];
    if (law == Law.QUANTILES) {
      double[] sorted = sorted(outputs, at, target, horizon);
      for (int i = 0; i < values.length; i++) {
        values[i] = targets.get(target).decode(horizon, sorted[i], newest);
      }
    } else if (law == Law.GAUSSIAN) {
      double mean = point(outputs, at, target, horizon, newest);
      double deviation = deviation(outputs, at, target, horizon);
      for (int i = 0; i < values.length; i++) {
        values[i] = mean + deviation * Normal.quantile(quantiles.get(i));
      }
    }
    return values;
  }

  /**
   * A value that is as probable as a prediction says. Between quantiles, and beyond the outermost
   * ones, the value is linear in z: exact where they are those of a normal distribution.
   *
   * @param prediction of these outputs
   * @param z of a standard normal distribution; 0 is the middle
   */
  double sample(Prediction prediction, int target, double z) {
    double value = prediction.values()[target];
    double[] deviations = prediction.deviations();
    if (deviations != null) {
      return value + deviations[target] * z;
    }
    double[] values = prediction.quantiles()[target];
    if (values.length < 2) {
      return value;
    }
    int right = 1;
    while (right < values.length - 1 && z > Normal.quantile(quantiles.get(right))) {
      right++;
    }
    double from = Normal.quantile(quantiles.get(right - 1));
    double to = Normal.quantile(quantiles.get(right));
    return values[right - 1] + (values[right] - values[right - 1]) * ((z - from) / (to - from));
  }

  private double[] sorted(float[] outputs, int at, int target, int horizon) {
    int from = at + value(target, horizon) * quantiles.size();
    double[] sorted = new double[quantiles.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = outputs[from + i];
    }
    Arrays.sort(sorted);
    return sorted;
  }
}
