// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model of rows, ready to run: how it steps, what it sees of rows, what its outputs say. A {@link
 * Forecaster} gives it the rows of a stream, {@link #forecast} those of a table.
 */
public final class RowModel {
  private final Features features;
  private final Outputs outputs;
  private final List<Integer> targets;
  private final StepRunner runner;
  private final @Nullable PlantTaps plant;

  RowModel(
      Features features,
      Outputs outputs,
      List<Integer> targets,
      StepRunner runner,
      @Nullable PlantTaps plant) {
    this.features = features;
    this.outputs = outputs;
    this.targets = List.copyOf(targets);
    this.runner = runner;
    this.plant = plant;
  }

  /**
   * A model.
   *
   * @param targets numbers of their columns in the rows; −1 of one that they do not have
   */
  public static RowModel of(
      Features features, Outputs outputs, List<Integer> targets, StepRunner runner) {
    return new RowModel(features, outputs, targets, runner, null);
  }

  Features features() {
    return features;
  }

  Outputs outputs() {
    return outputs;
  }

  List<Integer> targets() {
    return targets;
  }

  StepRunner runner() {
    return runner;
  }

  @Nullable PlantTaps plant() {
    return plant;
  }

  /** Whether a column is one that the model reads and does not predict. */
  boolean isGiven(int column) {
    return !targets.contains(column)
        && features.columns().stream().anyMatch(each -> each.column() == column);
  }

  /** Whether a forecast reads what was predicted. */
  boolean feedsBack() {
    return plant != null
        || outputs.targets().stream().anyMatch(Outputs.Target::change)
        || features.columns().stream().anyMatch(each -> targets.contains(each.column()));
  }

  /**
   * Forecasts from within a table, or from its end. Of each row counts what was said of it by the
   * newest row that was seen; from then on by rows that read predictions, or values drawn of them.
   *
   * @param rows the table, and what is known of the rows behind it
   * @param axis when rows are; null where nobody knows, and there is no calendar
   * @param known number of rows at the beginning whose targets are seen
   * @param steps number of rows that are predicted; of the first of a table nothing may be said
   * @param each takes the rows one after the other
   */
  public void forecast(
      Rows rows,
      @Nullable TimeAxis axis,
      long known,
      int steps,
      Sampling sampling,
      Consumer<Prediction> each) {
    var past = new Stream(this, rows, axis, row -> {});
    while (past.row() < known - 1) {
      past.advance();
    }
    long first = Math.max(known, outputs.horizons().get(0));
    new Continuation(past).run(first, known + steps, sampling, each);
  }

  /**
   * What the outputs of a step say of a row.
   *
   * @param raw the outputs
   * @param at where they begin
   * @param horizon its number
   * @param row that was seen
   * @param rows of which the newest known values are taken
   * @param measured the newest row that was not predicted
   * @param axis when rows are; null where nobody knows
   */
  Prediction prediction(
      double[] raw,
      int at,
      int horizon,
      long row,
      Rows rows,
      long measured,
      @Nullable TimeAxis axis) {
    int count = targets.size();
    double[] values = new double[count];
    double[][] quantiles = new double[count][];
    boolean sure = outputs.law() == Outputs.Law.GAUSSIAN;
    double[] deviations = new double[sure ? count : 0];
    float[] numbers = new float[outputs.count()]; // as the model was trained to put them out
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) raw[at + i];
    }
    for (int i = 0; i < count; i++) {
      Outputs.Target target = outputs.targets().get(i);
      int column = targets.get(i);
      long known = target.change() ? rows.known(row, column) : -1;
      double newest = known < 0 ? target.origin() : rows.get(known, column);
      values[i] =
          outputs.law() == Outputs.Law.VALUE
              ? target.decode(horizon, raw[at + outputs.value(i, horizon)], newest)
              : outputs.point(numbers, 0, i, horizon, newest);
      quantiles[i] = outputs.quantiles(numbers, 0, i, horizon, newest);
      if (sure) {
        deviations[i] = outputs.deviation(numbers, 0, i, horizon);
      }
    }
    long of = row + outputs.horizons().get(horizon);
    long from = feedsBack() ? Math.min(row, measured) : row;
    return new Prediction(
        of,
        axis == null ? null : axis.at(of),
        Math.toIntExact(of - from),
        values,
        sure ? deviations : null,
        quantiles);
  }
}
