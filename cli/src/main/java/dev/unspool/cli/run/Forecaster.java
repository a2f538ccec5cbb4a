// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.inference.Predictor;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import java.util.List;
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
   * A forecast.
   *
   * @param targets names of the columns
   * @param firstRow row of the first step, counted from 0 with the first row of the table
   * @param values steps × targets, in the targets' own units
   * @param resolution of each target: finer differences of values say nothing, because the network
   *     computes in float32
   * @param deviations of the same shape: how sure each prediction is of itself, where the network
   *     was trained to say so
   */
  public record Result(
      List<String> targets,
      long firstRow,
      double[][] values,
      double[] resolution,
      double @Nullable [][] deviations) {}

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
   * Forecasts.
   *
   * @param steps number of rows
   * @param future the rows after the table's end, with the {@link #needed()} inputs, or null
   */
  public Result run(int steps, @Nullable Table future) throws RunException {
    requireFuture(steps, future);
    Table table = task.table();
    int horizon = task.config().horizon();
    List<TargetScale> targets = task.targets();
    boolean gaussian = task.config().loss() == SeriesLoss.GAUSSIAN;
    double[][] values = new double[steps][targets.size()];
    double[][] deviations = new double[steps][targets.size()];
    long end = table.rows();
    double[] inputs = new double[task.config().inputs().size()];
    try (var predictor = new Predictor(model, theta)) {
      for (long row = 0; row + horizon < end + steps; row++) {
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = input(i, row, values, future);
        }
        float[] outputs = predictor.step(normalised(inputs));
        int step = (int) (row + horizon - end);
        for (int i = 0; i < targets.size() && step >= 0; i++) {
          TargetScale target = targets.get(i);
          double newest = target.input() < 0 ? 0 : inputs[target.input()];
          values[step][i] = target.level(outputs[i], newest);
          if (gaussian) {
            deviations[step][i] = target.unit() * Math.exp(outputs[targets.size() + i] / 2);
          }
        }
      }
    }
    double[] resolution =
        targets.stream().mapToDouble(target -> target.unit() * RESOLUTION).toArray();
    return new Result(
        task.config().targets(), end, values, resolution, gaussian ? deviations : null);
  }

  /** An input in its own units: from the table, from a prediction, or from the future. */
  private double input(int index, long row, double[][] values, @Nullable Table future) {
    Table table = task.table();
    String name = task.config().inputs().get(index);
    if (row < table.rows()) {
      return table.get(row, table.column(name));
    }
    int step = (int) (row - table.rows());
    int target = task.config().targets().indexOf(name);
    if (target >= 0) {
      return values[step][target];
    }
    if (future == null) {
      throw new IllegalStateException("no future was asked for");
    }
    return future.get(step, future.column(name));
  }

  private float[] normalised(double[] inputs) {
    float[] normalised = new float[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      int column = task.normalisation().columns().indexOf(task.config().inputs().get(i));
      normalised[i] = task.normalisation().apply(column, inputs[i]);
    }
    return normalised;
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
