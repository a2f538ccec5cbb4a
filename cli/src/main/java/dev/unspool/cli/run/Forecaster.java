// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.inference.Forecast;
import dev.unspool.inference.Predictor;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts the rows after the end of a table. What the network predicts becomes what it sees; the
 * inputs that it does not predict come from a table of the future.
 */
public final class Forecaster {
  /** What float32 can tell apart of numbers about 1. */
  private static final double RESOLUTION = 1e-7;

  private final SeriesTask task;
  private final Model model;
  private final Parameters theta;

  /** A forecaster of a trained model. */
  public Forecaster(SeriesTask task, Model model, Parameters theta) {
    this.task = task;
    this.model = model;
    this.theta = theta;
  }

  /**
   * A row of a forecast.
   *
   * @param row counted from 0 with the first row of the table
   * @param values one for each target, in its own units
   * @param deviations one for each target: how sure each prediction is of itself, where the network
   *     was trained to say so
   */
  public record Step(long row, double[] values, double @Nullable [] deviations) {}

  /** Row of the first step, counted from 0 with the first row of the table. */
  public long firstRow() {
    return task.table().rows();
  }

  /** The inputs that are not predicted, and so must be known in advance. */
  public List<String> needed() {
    CsvConfig config = task.config();
    return config.inputs().stream().filter(input -> !config.targets().contains(input)).toList();
  }

  /** How many future rows of those inputs a forecast reads. */
  public long neededRows(int steps) {
    return needed().isEmpty() ? 0 : Math.max(0, steps - task.config().horizon());
  }

  /**
   * Of each target: finer differences of values say nothing, because the network computes in
   * float32.
   */
  public double[] resolution() {
    return task.targets().stream().mapToDouble(target -> target.unit() * RESOLUTION).toArray();
  }

  /**
   * Forecasts. Each row is handed over as soon as it is known, and only those that are still to be
   * fed back are kept.
   *
   * @param steps number of rows
   * @param future the rows after the table's end, with the {@link #needed()} inputs, or null
   * @param each takes the rows one after the other
   */
  public void run(int steps, @Nullable Table future, Consumer<Step> each) throws RunException {
    requireFuture(steps, future);
    int horizon = task.config().horizon();
    long end = firstRow();
    long outputs = end + steps - horizon;
    if (outputs < 1) {
      return;
    }
    double[][] newest = new double[Math.clamp(horizon, 1, steps)][];
    double[] inputs = new double[task.config().inputs().size()];
    float[] first = new float[inputs.length];
    read(0, newest, future, inputs, first);
    try (var predictor = new Predictor(model, theta)) {
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
      int column = task.normalisation().columns().indexOf(task.config().inputs().get(i));
      normalised[i] = (float) task.normalisation().apply(column, inputs[i]);
    }
  }

  private Step step(long row, double[] inputs, float[] outputs) {
    List<TargetScale> targets = task.targets();
    double[] values = new double[targets.size()];
    boolean gaussian = task.config().loss() == SeriesLoss.GAUSSIAN;
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
    Table table = task.table();
    String name = task.config().inputs().get(index);
    if (row < table.rows()) {
      return table.get(row, table.column(name));
    }
    int step = (int) (row - table.rows());
    int target = task.config().targets().indexOf(name);
    if (target >= 0) {
      return newest[step % newest.length][target];
    }
    if (future == null) {
      throw new IllegalStateException("no future was asked for");
    }
    return future.get(step, future.column(name));
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
