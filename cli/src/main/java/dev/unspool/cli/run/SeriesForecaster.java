// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.inference.Forecast;
import dev.unspool.inference.Predictor;
import dev.unspool.predict.Features;
import dev.unspool.predict.TimeAxis;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the predictions of a network back as its inputs: those targets that are inputs too, from a
 * row on that may be the end of the table, or within it.
 */
public final class SeriesForecaster implements Forecaster {
  /** What float32 can tell apart of numbers about 1. */
  static final double RESOLUTION = 1e-7;

  private final SeriesData data;
  private final TrainedModel trained;
  private final long known;

  /** Goes on from where the targets of the table end. */
  public SeriesForecaster(SeriesData data, TrainedModel trained) {
    this(data, trained, data.end());
  }

  /**
   * Goes on from a row of the table, and takes the inputs that are not predicted from it.
   *
   * @param known number of rows at the beginning whose targets are seen; at least the horizon, if
   *     the first of the predictions are wanted
   */
  public SeriesForecaster(SeriesData data, TrainedModel trained, long known) {
    this.data = data;
    this.trained = trained;
    this.known = known;
  }

  @Override
  public long firstRow() {
    return known;
  }

  @Override
  public List<String> needed() {
    CsvConfig config = data.config();
    return Stream.concat(config.inputs().stream(), config.roles().known().stream())
        .filter(input -> !config.targets().contains(input))
        .distinct()
        .toList();
  }

  /** The row after the last one in which a column must be known. */
  private long neededTo(String column, int steps) {
    CsvConfig config = data.config();
    long end = known + steps;
    return config.roles().known().contains(column) ? end : end - config.horizon();
  }

  /** The row after the last one in which it is; before those to be predicted, it may be missing. */
  private long knownTo(String column) {
    Table table = data.table();
    long end = table.known(table.rows() - 1, table.column(column)) + 1;
    return Math.max(end, Math.min(known, table.rows()));
  }

  @Override
  public @Nullable TimeAxis axis() {
    return data.axis();
  }

  @Override
  public double[] resolution() {
    return data.targets().stream().mapToDouble(target -> target.unit() * RESOLUTION).toArray();
  }

  @Override
  public double truth(long row) {
    return data.truth(row, 0);
  }

  @Override
  public void close() {
    data.close();
  }

  @Override
  public void run(int steps, @Nullable Table future, Consumer<Step> each) throws RunException {
    requireFuture(steps, future);
    int horizon = data.config().horizon();
    long end = firstRow();
    long outputs = end + steps - horizon;
    if (outputs < 1) {
      return;
    }
    var rows =
        new FutureRows(
            data.table(), data.config().targets(), known, future, Math.clamp(horizon, 1, steps));
    Features.Seen seen = data.seen().features().over(rows, data.axis());
    double[] inputs = new double[seen.count()];
    float[] first = new float[inputs.length];
    read(seen, 0, inputs, first);
    try (var predictor = new Predictor(trained.step(), trained.theta())) {
      Forecast.run(
          predictor,
          first,
          outputs,
          (row, _, next) -> read(seen, row + 1, inputs, next),
          (row, output) -> {
            long step = row + horizon - end;
            if (step >= 0) {
              Step next = step(rows, row, output);
              rows.predicted(row + horizon, next.values());
              each.accept(next);
            }
          });
    }
  }

  private static void read(Features.Seen seen, long row, double[] inputs, float[] into) {
    seen.write(row, inputs, 0);
    for (int i = 0; i < inputs.length; i++) {
      into[i] = (float) inputs[i];
    }
  }

  private Step step(FutureRows rows, long row, float[] outputs) {
    List<TargetScale> targets = data.targets();
    double[] values = new double[targets.size()];
    boolean gaussian = data.config().loss() == SeriesLoss.GAUSSIAN;
    double[] deviations = gaussian ? new double[targets.size()] : null;
    for (int i = 0; i < targets.size(); i++) {
      TargetScale target = targets.get(i);
      values[i] = target.level(outputs[i], target.input() < 0 ? 0 : newest(rows, row, target));
      if (deviations != null) {
        deviations[i] = target.unit() * Math.exp(outputs[targets.size() + i] / 2);
      }
    }
    return new Step(row + data.config().horizon(), values, deviations);
  }

  private static double newest(FutureRows rows, long row, TargetScale target) {
    long newest = rows.known(row, target.column());
    return newest < 0 ? target.mean() : rows.get(newest, target.column());
  }

  private void requireFuture(int steps, @Nullable Table future) throws RunException {
    for (String column : needed()) {
      if (neededTo(column, steps) > knownTo(column)) {
        requireFuture(steps, future, column);
      }
    }
  }

  private void requireFuture(int steps, @Nullable Table future, String column) throws RunException {
    String columns = CsvLine.list(needed());
    if (future == null) {
      throw new UsageException(
          "the model also reads %s, which it does not predict; give their next %s with --future FILE"
              .formatted(columns, Numbers.count(neededTo(column, steps) - knownTo(column), "row")));
    }
    long rows = neededTo(column, steps) - data.table().rows();
    if (future.rows() < rows) {
      throw new RunException(
          "a forecast of %s needs %s of %s, found %s"
              .formatted(
                  Numbers.count(steps, "step"),
                  Numbers.count(rows, "future row"),
                  columns,
                  future.rows()));
    }
  }
}
