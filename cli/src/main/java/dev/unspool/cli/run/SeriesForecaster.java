// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.inference.Forecast;
import dev.unspool.inference.Predictor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the predictions of a network back as its inputs: those targets that are inputs too, from a
 * row on that may be the end of the table, or within it.
 */
public final class SeriesForecaster implements Forecaster {
  /** What float32 can tell apart of numbers about 1. */
  private static final double RESOLUTION = 1e-7;

  private final SeriesData data;
  private final TrainedModel trained;
  private final long known;

  /** Goes on from the end of the table. */
  public SeriesForecaster(SeriesData data, TrainedModel trained) {
    this(data, trained, data.table().rows());
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
    return config.inputs().stream().filter(input -> !config.targets().contains(input)).toList();
  }

  /** How many future rows of those inputs a forecast reads. */
  private long neededRows(int steps) {
    return needed().isEmpty()
        ? 0
        : Math.max(0, known + steps - data.config().horizon() - data.table().rows());
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
    double[][] newest = new double[Math.clamp(horizon, 1, steps)][];
    double[] inputs = new double[data.config().inputs().size()];
    float[] first = new float[inputs.length];
    read(0, newest, future, inputs, first);
    try (var predictor = new Predictor(trained.step(), trained.theta())) {
      Forecast.run(
          predictor,
          first,
          outputs,
          (row, _, next) -> read(row + 1, newest, future, inputs, next),
          (row, output) -> {
            long step = row + horizon - end;
            if (step >= 0) {
              Step next = step(row + horizon, inputs, output);
              newest[(int) (step % newest.length)] = next.values();
              each.accept(next);
            }
          });
    }
  }

  /** The inputs of a row, in their own units and normalised. */
  private void read(
      long row, double[][] newest, @Nullable Table future, double[] inputs, float[] normalised) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = input(i, row, newest, future);
      int column = data.normalisation().columns().indexOf(data.config().inputs().get(i));
      normalised[i] = (float) data.normalisation().apply(column, inputs[i]);
    }
  }

  private Step step(long row, double[] inputs, float[] outputs) {
    List<TargetScale> targets = data.targets();
    double[] values = new double[targets.size()];
    boolean gaussian = data.config().loss() == SeriesLoss.GAUSSIAN;
    double[] deviations = gaussian ? new double[targets.size()] : null;
    for (int i = 0; i < targets.size(); i++) {
      TargetScale target = targets.get(i);
      values[i] = target.level(outputs[i], target.input() < 0 ? 0 : inputs[target.input()]);
      if (deviations != null) {
        deviations[i] = target.unit() * Math.exp(outputs[targets.size() + i] / 2);
      }
    }
    return new Step(row, values, deviations);
  }

  /** An input in its own units: from the table, from a prediction, or from the future. */
  private double input(int index, long row, double[][] newest, @Nullable Table future) {
    Table table = data.table();
    String name = data.config().inputs().get(index);
    int target = data.config().targets().indexOf(name);
    if (target >= 0 && row >= known) {
      return newest[(int) ((row - known) % newest.length)][target];
    }
    if (row < table.rows()) {
      return table.get(row, table.column(name));
    }
    if (future == null) {
      throw new IllegalStateException("no future was asked for");
    }
    return future.get(row - table.rows(), future.column(name));
  }

  private void requireFuture(int steps, @Nullable Table future) throws RunException {
    long rows = neededRows(steps);
    if (rows == 0) {
      return;
    }
    String columns = CsvLine.list(needed());
    if (future == null) {
      throw new UsageException(
          "the model also reads %s, which it does not predict; give their next %s with --future FILE"
              .formatted(columns, Numbers.count(rows, "row")));
    }
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
