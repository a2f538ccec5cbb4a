// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.FittedModel;
import dev.unspool.cli.fit.Signals;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.Table;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a plant on from where its table ends, with inputs that are known in advance. What
 * remembers no more than its taps begins with the newest measured rows, what has a state of its own
 * with the first row of the table, as it was fitted.
 */
final class PlantForecaster implements Forecaster {
  private final CsvConfig data;
  private final FittedModel model;
  private final Signals signals;

  PlantForecaster(CsvConfig data, FittedModel model, Signals signals) {
    this.data = data;
    this.model = model;
    this.signals = signals;
  }

  @Override
  public long firstRow() {
    return signals.rows();
  }

  @Override
  public List<String> needed() {
    return data.inputs();
  }

  @Override
  public Outputs outputs() {
    return data.outputs();
  }

  @Override
  public double[] resolution() {
    return model.resolution();
  }

  @Override
  public double truth(long row) {
    return signals.y()[(int) row * data.targets().size()];
  }

  @Override
  public void run(int steps, @Nullable Table future, Consumer<Prediction> each)
      throws RunException {
    if (future == null) {
      throw new UsageException(
          "the model is driven by %s; give their next %s with --future FILE"
              .formatted(CsvLine.list(needed()), Numbers.count(steps, "row")));
    }
    if (future.rows() < steps) {
      throw new RunException(
          "a forecast of %s needs as many future rows of %s, found %s"
              .formatted(Numbers.count(steps, "step"), CsvLine.list(needed()), future.rows()));
    }
    double[] values = model.simulateOn(signals.followedBy(future, data.inputs(), steps), steps);
    int width = data.targets().size();
    for (int step = 0; step < steps; step++) {
      double[] row = Arrays.copyOfRange(values, step * width, (step + 1) * width);
      each.accept(
          new Prediction(firstRow() + step, null, step + 1, row, null, new double[width][0]));
    }
  }

  @Override
  public void close() {}
}
