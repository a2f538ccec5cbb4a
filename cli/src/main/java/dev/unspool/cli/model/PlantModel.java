// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.FittedModel;
import dev.unspool.cli.fit.SavedPlant;
import dev.unspool.cli.fit.Signals;
import dev.unspool.cli.fit.Simulation;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.JudgementConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.predict.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A NARX model, which is judged in free runs.
 *
 * @param saved as it is in its folder
 */
public record PlantModel(SavedPlant saved) implements TableModel {
  static PlantModel read(RunFolder folder) throws IOException {
    return new PlantModel(SavedPlant.read(folder));
  }

  @Override
  public CsvConfig data() {
    return saved.config().requireCsv();
  }

  @Override
  public TrainedModel trained() {
    return saved.trained();
  }

  @Override
  public String certain() {
    return "this is a plant's";
  }

  @Override
  public Figures evaluate(CsvConfig table, boolean own, Stop stop) throws IOException {
    if (!own) {
      Simulation all = simulate(table);
      return new Figures(null, null, all.requirePart(table), null);
    }
    FitTask task = open(table);
    return task.held(saved.model().startingIn(task.signals()));
  }

  @Override
  public Figures evaluate(
      CsvConfig table, JudgementConfig how, RunFolder folder, Consumer<String> remarks, Stop stop) {
    throw new UsageException(
        "%s is a NARX model, which is judged in free runs: leave out --horizon, --season and --band"
            .formatted(folder.path()));
  }

  /** Its own table, which may be elsewhere but must be the same. */
  private FitTask open(CsvConfig table) throws IOException {
    FitTask task = FitTask.open(table, saved.plant());
    task.requireUnchanged();
    return task;
  }

  @Override
  public Forecaster forecaster(CsvConfig table, boolean own, @Nullable Sampling sampling)
      throws IOException {
    Signals signals =
        Signals.read(Path.of(table.file()), table.format(), table.inputs(), table.targets());
    if (own) {
      open(table);
    }
    FittedModel model = saved.model();
    return new PlantForecaster(table, model.startingIn(signals), signals);
  }

  @Override
  public Simulation simulate(CsvConfig table) throws IOException {
    return Simulation.of(saved.model(), table);
  }
}
