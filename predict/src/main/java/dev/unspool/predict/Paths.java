// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A forecast along paths, each of which reads values that it has drawn itself: a lane of one
 * runner. What one step says of several rows is drawn with one rank: the errors of a forecast that
 * looks 3 and 4 rows ahead have most in common.
 */
final class Paths {
  private final RowModel model;
  private final Outputs outputs;
  private final Stream[] lanes;
  private final PredictedRows[] rows;
  private final long known;
  private final Random random;
  private final double[] state;

  /** Rows of which the paths have said something. */
  private final TreeMap<Long, Prediction> said = new TreeMap<>();

  /**
   * Goes on from what is said already.
   *
   * @param past whose next rows are predicted
   * @param direct what is said of them directly, in their order
   */
  Paths(Stream past, List<Prediction> direct, Sampling sampling) {
    this.model = past.model();
    this.outputs = model.outputs();
    this.known = past.row() + 1;
    this.random = new Random(sampling.seed()); // the same numbers on every version of Java
    this.lanes = new Stream[sampling.paths()];
    this.rows = new PredictedRows[lanes.length];
    for (int path = 0; path < lanes.length; path++) {
      rows[path] = new PredictedRows(past.rows(), model.targets(), known);
      lanes[path] = past.ahead(rows[path]);
      draw(direct, rows[path]);
    }
    this.state = SideBySide.repeated(past.state(), lanes.length);
  }

  /** Numbers of a standard normal distribution, one for each target. */
  private double[] rank() {
    double[] rank = new double[model.targets().size()];
    Arrays.setAll(rank, i -> random.nextGaussian());
    return rank;
  }

  private double[] drawn(Prediction prediction, double[] rank) {
    double[] values = new double[rank.length];
    Arrays.setAll(values, i -> outputs.sample(prediction, i, rank[i]));
    return values;
  }

  /** Rows that were said before the first prediction was read; by one step with one rank. */
  private void draw(List<Prediction> direct, PredictedRows into) {
    double[] rank = rank();
    long origin = -1;
    for (Prediction each : direct) {
      long by = each.row() - each.ahead();
      rank = by == origin ? rank : rank();
      origin = by;
      into.put(each.row(), drawn(each, rank));
    }
  }

  /**
   * Predicts rows.
   *
   * @param first that nothing is said of yet
   * @param end one after the last
   */
  void run(long first, long end, Consumer<Prediction> each) {
    StepRunner together = model.runner().beside(lanes.length);
    int inputs = model.features().count();
    double[] x = new double[Math.multiplyExact(lanes.length, inputs)];
    double[] y = new double[Math.multiplyExact(lanes.length, outputs.count())];
    long next = first;
    for (long row = known; next < end; row++) {
      for (int path = 0; path < lanes.length; path++) {
        System.arraycopy(lanes[path].see(row), 0, x, path * inputs, inputs);
        if (lanes[path].begins(row)) {
          double[] initial = model.runner().initial();
          System.arraycopy(initial, 0, state, path * initial.length, initial.length);
        }
      }
      together.step(x, state, y);
      double[][] ranks = new double[lanes.length][];
      Arrays.setAll(ranks, path -> rank());
      for (int h = 0; h < outputs.horizons().size(); h++) {
        long later = row + outputs.horizons().get(h);
        if (later >= next && later < end && !said.containsKey(later)) {
          said.put(later, say(row, h, y, ranks));
        }
      }
      for (PredictedRows path : rows) {
        path.forget(row);
      }
      for (Map.Entry<Long, Prediction> oldest = said.firstEntry();
          oldest != null && oldest.getKey() == next;
          oldest = said.firstEntry()) {
        said.pollFirstEntry();
        each.accept(oldest.getValue());
        next++;
      }
    }
  }

  /** What all paths together say of a row, each of which goes on with what it draws. */
  private Prediction say(long row, int horizon, double[] y, double[][] ranks) {
    int targets = model.targets().size();
    double[][] drawn = new double[targets][lanes.length];
    var mixtures = new Mixture[targets];
    Arrays.setAll(mixtures, i -> new Mixture());
    @Nullable Prediction last = null;
    for (int path = 0; path < lanes.length; path++) {
      Prediction own = lanes[path].prediction(row, y, path * outputs.count(), horizon);
      double[] values = drawn(own, ranks[path]);
      double[] deviations = own.deviations();
      for (int i = 0; i < targets; i++) {
        drawn[i][path] = values[i];
        mixtures[i].add(own.values()[i], deviations == null ? 0 : deviations[i]);
      }
      rows[path].put(own.row(), values);
      last = own;
    }
    return of(Objects.requireNonNull(last), drawn, mixtures);
  }

  private Prediction of(Prediction one, double[][] drawn, Mixture[] mixtures) {
    int targets = drawn.length;
    boolean gaussian = outputs.law() == Outputs.Law.GAUSSIAN;
    double[] values = new double[targets];
    double[] deviations = new double[targets];
    double[][] quantiles = new double[targets][outputs.quantiles().size()];
    for (int i = 0; i < targets; i++) {
      Arrays.sort(drawn[i]);
      for (int q = 0; q < quantiles[i].length; q++) {
        quantiles[i][q] = quantile(drawn[i], outputs.quantiles().get(q));
      }
      values[i] = gaussian ? mixtures[i].mean() : quantiles[i][Outputs.middle(outputs.quantiles())];
      deviations[i] = mixtures[i].deviation();
    }
    return new Prediction(
        one.row(), one.time(), one.ahead(), values, gaussian ? deviations : null, quantiles);
  }

  /** Linear between the values in their order. */
  private static double quantile(double[] sorted, double probability) {
    double at = probability * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  /** A mixture of normal distributions, of equal weights. */
  private static final class Mixture {
    private double sum;
    private double squares;
    private double variances;
    private int count;

    void add(double mean, double deviation) {
      count++;
      double before = mean - sum / Math.max(1, count - 1);
      sum += mean;
      squares += count == 1 ? 0 : before * (mean - sum / count);
      variances += deviation * deviation;
    }

    double mean() {
      return sum / count;
    }

    double deviation() {
      return Math.sqrt((squares + variances) / count);
    }
  }
}
