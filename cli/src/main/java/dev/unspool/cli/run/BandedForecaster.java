// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.judge.Bands;
import dev.unspool.cli.judge.Combination;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts calibrated bands around the forecasts of a run. */
public final class BandedForecaster implements Forecaster {
  private final Forecaster forecaster;
  private final Bands bands;
  private final Bands.Level level;
  private final List<String> targets;

  private BandedForecaster(
      Forecaster forecaster, Bands bands, Bands.Level level, List<String> targets) {
    this.forecaster = forecaster;
    this.bands = bands;
    this.level = level;
    this.targets = targets;
  }

  /**
   * Bands of a level.
   *
   * @param forecaster closed with this
   * @param level share of truths that shall lie within
   * @param combination whose bands they are; null for those of the model itself
   * @throws UsageException if the run has none of that level
   */
  public static Forecaster of(
      Forecaster forecaster,
      RunFolder folder,
      List<String> targets,
      double level,
      @Nullable Combination combination)
      throws IOException {
    if (!Files.exists(folder.bands())) {
      throw new UsageException(
          "%s has no bands.json, so nobody knows how wide bands must be; 'unspool evaluate %s --horizon 24' calibrates them"
              .formatted(folder.path(), folder.path()));
    }
    Bands bands =
        combination != null ? combination.bands() : Json.read(folder.bands(), Bands.class);
    for (Bands.Level each : bands.levels()) {
      if (each.level() == level) {
        return new BandedForecaster(forecaster, bands, each, targets);
      }
    }
    throw new UsageException(
        "--band %s was not calibrated, only %s were; 'unspool evaluate %s --band %s' does"
            .formatted(
                level,
                String.join(", ", bands.levels().stream().map(each -> "" + each.level()).toList()),
                folder.path(),
                level));
  }

  @Override
  public List<Double> levels() {
    return forecaster.levels();
  }

  @Override
  public @Nullable TimeAxis axis() {
    return forecaster.axis();
  }

  @Override
  public long firstRow() {
    return forecaster.firstRow();
  }

  @Override
  public List<String> needed() {
    return forecaster.needed();
  }

  @Override
  public double[] resolution() {
    return forecaster.resolution();
  }

  @Override
  public double truth(long row) {
    return forecaster.truth(row);
  }

  @Override
  public List<String> notes() {
    var notes = new ArrayList<>(forecaster.notes());
    notes.add(
        "Bands of %s %% are calibrated %s to %s ahead"
            .formatted(
                Numbers.of(100 * level.level()),
                bands.horizons().getFirst(),
                Numbers.count(bands.horizons().getLast(), "row")));
    return notes;
  }

  @Override
  public Table future(CsvConfig table) throws IOException {
    return forecaster.future(table);
  }

  @Override
  public void run(int steps, @Nullable Table future, Consumer<Step> each) throws RunException {
    forecaster.run(steps, future, step -> each.accept(banded(step)));
  }

  private Step banded(Step step) {
    int horizon = bands.horizons().indexOf((int) (step.row() - firstRow() + 1));
    double[] lower = new double[step.values().length];
    double[] upper = new double[step.values().length];
    for (int i = 0; i < lower.length; i++) {
      List<@Nullable Double> offsets = level.offsets().get(targets.get(i));
      Double offset = horizon < 0 || offsets == null ? null : offsets.get(horizon);
      double[] deviations = step.deviations();
      double scale = bands.scaled() && deviations != null ? deviations[i] : 1;
      double widening = offset == null ? Double.NaN : offset * scale;
      double below = end(step, i, level.lower()) - widening;
      double above = end(step, i, level.upper()) + widening;
      lower[i] = Math.min(below, above);
      upper[i] = Math.max(below, above);
    }
    return new Step(
        step.row(), step.values(), step.deviations(), step.quantiles(), new Band(lower, upper));
  }

  private double end(Step step, int target, @Nullable Double quantile) {
    int index = quantile == null ? -1 : levels().indexOf(quantile);
    return index < 0 ? step.values()[target] : step.quantiles()[target][index];
  }

  @Override
  public void close() {
    forecaster.close();
  }
}
