// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.inference.Predictor;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.predict.Features;
import dev.unspool.predict.Outputs;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A forecast while it proceeds. Of each row counts what was said of it by the newest row that was
 * seen; from then on by the first of those that read predictions, which is the one that looks
 * farthest ahead.
 *
 * <p>Along paths, each lane of a predictor reads values that it has drawn itself. What one step
 * says of several rows is drawn with one rank: the errors of a forecast that looks 3 and 4 rows
 * ahead have most in common.
 */
final class ForecastRun {
  private final SeriesData data;
  private final TrainedModel trained;
  private final Outputs outputs;
  private final long known;
  private final long end;
  private final @Nullable Table future;
  private final int window;
  private final long[] rowOf;
  private final Forecaster.Step[] said;
  private final float[][] raw;
  private final int[] horizonOf;
  private final double[][] newestOf;
  private final Consumer<Forecaster.Step> each;
  private long next;

  /**
   * A forecast of nothing yet.
   *
   * @param known number of rows at the beginning whose targets are seen
   * @param steps number of rows that are predicted
   * @param future rows behind the end of the table
   * @param each takes the rows one after the other
   */
  ForecastRun(
      SeriesData data,
      TrainedModel trained,
      long known,
      int steps,
      @Nullable Table future,
      Consumer<Forecaster.Step> each) {
    this.data = data;
    this.trained = trained;
    this.outputs = data.outputs();
    this.known = known;
    this.end = known + steps;
    this.future = future;
    this.window = Math.clamp(data.config().horizon(), 1, steps);
    this.rowOf = new long[window];
    this.said = new Forecaster.Step[window];
    this.raw = new float[window][];
    this.horizonOf = new int[window];
    this.newestOf = new double[window][];
    this.each = each;
    this.next = Math.max(known, data.config().nearest());
    Arrays.fill(rowOf, -1);
  }

  /** Runs it. */
  void run(Sampling sampling) {
    if (next >= end) {
      return;
    }
    Lane lane = new Lane();
    try (var predictor = new Predictor(trained.step(), trained.theta())) {
      long row = 0;
      for (; row < known; row++) {
        float[] output = lane.step(predictor, row);
        for (int h = 0; h < outputs.horizons().size(); h++) {
          long later = row + outputs.horizons().get(h);
          if (later >= known && later < end) {
            say(later, h, output, lane);
          }
        }
      }
      handOver();
      boolean drawn = sampling.paths() > 0 && outputs.law() != Outputs.Law.VALUE;
      if (next < end && drawn && data.config().roles().feedBack()) {
        alongPaths(predictor.state(), sampling);
        return;
      }
      for (; next < end; row++) {
        float[] output = lane.step(predictor, row);
        for (int h = 0; h < outputs.horizons().size(); h++) {
          long later = row + outputs.horizons().get(h);
          if (later < end && !isSaid(later)) {
            say(later, h, output, lane);
          }
        }
        handOver();
      }
    }
  }

  private int place(long row) {
    return (int) ((row - known) % window);
  }

  private boolean isSaid(long row) {
    return rowOf[place(row)] == row;
  }

  private void handOver() {
    while (next < end && isSaid(next)) {
      each.accept(said[place(next)]);
      next++;
    }
  }

  /** Takes what was said of a row. */
  private void say(long row, int horizon, float[] output, Lane lane) {
    int targets = outputs.targets().size();
    double[] values = new double[targets];
    double[] deviations = outputs.law() == Outputs.Law.GAUSSIAN ? new double[targets] : null;
    double[][] quantiles = new double[targets][];
    for (int i = 0; i < targets; i++) {
      double newest = lane.newest[i];
      values[i] = outputs.point(output, 0, i, horizon, newest);
      quantiles[i] = outputs.quantiles(output, 0, i, horizon, newest);
      if (deviations != null) {
        deviations[i] = outputs.deviation(output, 0, i, horizon);
      }
    }
    take(row, new Forecaster.Step(row, values, deviations, quantiles));
    int place = place(row);
    raw[place] = output;
    horizonOf[place] = horizon;
    newestOf[place] = lane.newest.clone();
    lane.rows.predicted(row, values);
  }

  private void take(long row, Forecaster.Step step) {
    rowOf[place(row)] = row;
    said[place(row)] = step;
  }

  /** Goes on from what is said already. */
  private void alongPaths(State past, Sampling sampling) {
    var random = new SplitMix64(sampling.seed());
    var lanes = new Lane[sampling.paths()];
    for (int path = 0; path < lanes.length; path++) {
      lanes[path] = new Lane();
      drawWhatIsSaid(lanes[path], random);
    }
    try (var predictor = new Predictor(trained.step(), trained.theta(), lanes.length)) {
      predictor.restore(repeated(past, lanes.length));
      int inputs = lanes[0].inputs.length;
      int width = outputs.count();
      float[] all = new float[lanes.length * inputs];
      for (long row = known; next < end; row++) {
        for (int path = 0; path < lanes.length; path++) {
          lanes[path].see(row);
          System.arraycopy(lanes[path].inputs, 0, all, path * inputs, inputs);
        }
        float[] output = predictor.step(all);
        double[][] ranks = ranks(lanes.length, random);
        for (int h = 0; h < outputs.horizons().size(); h++) {
          long later = row + outputs.horizons().get(h);
          if (later < end && !isSaid(later)) {
            sayOfPaths(later, h, lanes, output, width, ranks);
          }
        }
        handOver();
      }
    }
  }

  /** One number for each path and target, of a standard normal distribution. */
  private double[][] ranks(int paths, RandomGenerator random) {
    double[][] ranks = new double[paths][outputs.targets().size()];
    for (double[] path : ranks) {
      Arrays.setAll(path, _ -> random.nextGaussian());
    }
    return ranks;
  }

  /** Rows that were said before the first prediction was read; by one step with one rank. */
  private void drawWhatIsSaid(Lane lane, RandomGenerator random) {
    double[] rank = ranks(1, random)[0];
    long origin = -1;
    for (long row = known; row < end && isSaid(row); row++) {
      int place = place(row);
      long by = row - outputs.horizons().get(horizonOf[place]);
      rank = by == origin ? rank : ranks(1, random)[0];
      origin = by;
      double[] values = new double[rank.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = outputs.sample(raw[place], 0, i, horizonOf[place], newestOf[place][i], rank[i]);
      }
      lane.rows.predicted(row, values);
    }
  }

  private void sayOfPaths(
      long row, int horizon, Lane[] lanes, float[] output, int width, double[][] ranks) {
    int targets = outputs.targets().size();
    double[][] drawn = new double[targets][lanes.length];
    var mixtures = new Mixture[targets];
    Arrays.setAll(mixtures, _ -> new Mixture());
    for (int path = 0; path < lanes.length; path++) {
      double[] values = new double[targets];
      for (int i = 0; i < targets; i++) {
        int at = path * width;
        double newest = lanes[path].newest[i];
        values[i] = outputs.sample(output, at, i, horizon, newest, ranks[path][i]);
        drawn[i][path] = values[i];
        if (outputs.law() == Outputs.Law.GAUSSIAN) {
          mixtures[i].add(
              outputs.point(output, at, i, horizon, newest),
              outputs.deviation(output, at, i, horizon));
        }
      }
      lanes[path].rows.predicted(row, values);
    }
    take(row, step(row, drawn, mixtures));
  }

  private Forecaster.Step step(long row, double[][] drawn, Mixture[] mixtures) {
    int targets = drawn.length;
    boolean gaussian = outputs.law() == Outputs.Law.GAUSSIAN;
    double[] values = new double[targets];
    double[] deviations = gaussian ? new double[targets] : null;
    double[][] quantiles = new double[targets][outputs.quantiles().size()];
    for (int i = 0; i < targets; i++) {
      Arrays.sort(drawn[i]);
      for (int q = 0; q < quantiles[i].length; q++) {
        quantiles[i][q] = quantile(drawn[i], outputs.quantiles().get(q));
      }
      values[i] = gaussian ? mixtures[i].mean() : quantiles[i][Outputs.middle(outputs.quantiles())];
      if (deviations != null) {
        deviations[i] = mixtures[i].deviation();
      }
    }
    return new Forecaster.Step(row, values, deviations, quantiles);
  }

  /** Linear between the values in their order. */
  private static double quantile(double[] sorted, double probability) {
    double at = probability * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  private static State repeated(State one, int lanes) {
    var state = new State(one.layout(), lanes);
    for (var array : one.layout().arrays()) {
      float[] values = one.array(array.name());
      float[] all = state.array(array.name());
      for (int lane = 0; lane < lanes; lane++) {
        System.arraycopy(values, 0, all, lane * values.length, values.length);
      }
    }
    return state;
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

  /** A sequence of rows, and what the network sees of them. */
  private final class Lane {
    private final FutureRows rows;
    private final Features.Seen seen;
    private final double[] numbers;
    private final float[] inputs;
    private final double[] newest;

    Lane() {
      this.rows = new FutureRows(data.table(), data.config().targets(), known, future, window);
      this.seen = data.seen().features().over(rows, data.axis());
      this.numbers = new double[seen.count()];
      this.inputs = new float[numbers.length];
      this.newest = new double[outputs.targets().size()];
    }

    void see(long row) {
      seen.write(row, numbers, 0);
      for (int i = 0; i < numbers.length; i++) {
        inputs[i] = (float) numbers[i];
      }
      for (int i = 0; i < newest.length; i++) {
        Outputs.Target target = outputs.targets().get(i);
        int column = data.targets().get(i).column();
        long at = target.change() ? rows.known(row, column) : -1;
        newest[i] = at < 0 ? target.origin() : rows.get(at, column);
      }
    }

    /** The network's answer to a row. */
    float[] step(Predictor predictor, long row) {
      see(row);
      if (seen.begins(row)) {
        predictor.reset();
      }
      return predictor.step(inputs);
    }
  }
}
