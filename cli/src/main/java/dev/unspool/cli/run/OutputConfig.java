// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.SaidLater;
import dev.unspool.loss.GaussianNegativeLogLikelihood;
import dev.unspool.loss.Huber;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.loss.Quantile;
import dev.unspool.predict.Outputs;
import java.util.List;
import java.util.Objects;

/**
 * What a model says about each target, and what of that is made small.
 *
 * @param horizons how many rows ahead, ascending
 * @param predict what is said about targets that are also inputs
 * @param loss what is made small
 * @param quantiles probabilities of the quantiles that are said, ascending; none of a model that
 *     says a value alone
 */
public record OutputConfig(
    List<Integer> horizons,
    Prediction predict,
    SeriesLoss loss,
    @SaidLater List<Double> quantiles) {
  /** Of a normal distribution, unless others are asked for: nine of ten values lie between. */
  private static final List<Double> BAND = List.of(0.05, 0.95);

  /** Checks the ranges. */
  public OutputConfig {
    quantiles = Objects.requireNonNullElse(quantiles, List.of());
    UsageException.require(!horizons.isEmpty(), "--horizon names no row");
    UsageException.require(
        horizons.getFirst() >= 0, "--horizon must be at least 0, found " + horizons.getFirst());
    for (int i = 1; i < horizons.size(); i++) {
      UsageException.require(
          horizons.get(i) > horizons.get(i - 1),
          "--horizon must be ascending, found %s after %s"
              .formatted(horizons.get(i), horizons.get(i - 1)));
    }
    requireQuantiles(quantiles);
    UsageException.require(
        loss != SeriesLoss.QUANTILE || !quantiles.isEmpty(),
        "--loss quantile needs --quantiles, such as 0.05,0.5,0.95");
    UsageException.require(
        quantiles.isEmpty() || loss == SeriesLoss.QUANTILE || loss == SeriesLoss.GAUSSIAN,
        "--quantiles are of a distribution: give --loss quantile or gaussian with them, or no --loss");
    UsageException.require(
        loss != SeriesLoss.QUANTILE || quantiles.size() % 2 == 1 || quantiles.contains(0.5),
        "--quantiles %s have none in the middle, which is the forecast itself; add 0.5"
            .formatted(quantiles));
  }

  private static void requireQuantiles(List<Double> quantiles) {
    for (int i = 0; i < quantiles.size(); i++) {
      double p = quantiles.get(i);
      UsageException.require(
          p > 0 && p < 1, "--quantiles must lie between 0 and 1, found %s".formatted(p));
      UsageException.require(
          i == 0 || p > quantiles.get(i - 1),
          "--quantiles must be ascending, found %s after %s"
              .formatted(p, i == 0 ? p : quantiles.get(i - 1)));
    }
  }

  /** The value itself, in the row that is read: a plant's, without a horizon. */
  public static OutputConfig simulated() {
    return new OutputConfig(List.of(0), Prediction.LEVEL, SeriesLoss.MSE, List.of());
  }

  /** The rows ahead in words: {@code 5 rows ahead}, {@code 1 to 24 rows ahead}. */
  public String ahead() {
    int first = horizons.getFirst();
    int last = horizons.getLast();
    if (horizons.size() == 1) {
      return "%s %s ahead".formatted(last, last == 1 ? "row" : "rows");
    }
    boolean all = last - first == horizons.size() - 1;
    return all && horizons.size() > 2
        ? "%s to %s rows ahead".formatted(first, last)
        : "%s rows ahead".formatted(String.join(", ", horizons.stream().map(h -> "" + h).toList()));
  }

  /** What is made small, as a function. */
  public Loss function() {
    return switch (loss) {
      case MSE -> new MeanSquaredError();
      case HUBER -> new Huber(1);
      case GAUSSIAN -> new GaussianNegativeLogLikelihood();
      case QUANTILE -> new Quantile(quantiles);
    };
  }

  /** What is said of a target at a horizon. */
  Outputs.Law law() {
    return switch (loss) {
      case MSE, HUBER -> Outputs.Law.VALUE;
      case GAUSSIAN -> Outputs.Law.GAUSSIAN;
      case QUANTILE -> Outputs.Law.QUANTILES;
    };
  }

  /** The quantiles that a forecast has. */
  List<Double> said() {
    return quantiles.isEmpty() && loss == SeriesLoss.GAUSSIAN ? BAND : quantiles;
  }

  /** Number of outputs of a network. */
  public int outputs(int targets) {
    return targets
        * horizons.size()
        * switch (loss) {
          case MSE, HUBER -> 1;
          case GAUSSIAN -> 2;
          case QUANTILE -> quantiles.size();
        };
  }
}
