// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.FittedModel;
import dev.unspool.cli.fit.SavedFit;
import dev.unspool.cli.fit.Signals;
import dev.unspool.cli.fit.Simulation;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.model.Parameters;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A NARX model, which is judged in free runs.
 *
 * @param saved as it is in its folder
 */
public record PlantModel(SavedFit saved) implements TableModel {
  static PlantModel read(RunFolder folder) throws IOException {
    return new PlantModel(SavedFit.read(new FitFolder(folder.path())));
  }

  @Override
  public CsvConfig data() {
    return saved.config().requireCsv();
  }

  @Override
  public StepProgram step() {
    return saved.model().narx().closedLoop();
  }

  @Override
  public Parameters theta() {
    var theta = new Parameters(step().parameters());
    theta.set(saved.model().theta());
    return theta;
  }

  @Override
  public @Nullable String standing() {
    return saved.standing();
  }

  @Override
  public Figures evaluate(CsvConfig table, boolean own, Stop stop) throws IOException {
    if (!own) {
      Simulation all = simulate(Path.of(table.file()), table.format());
      return new Figures(null, null, all.requirePart(table), null);
    }
    FitTask task = saved.open(table);
    saved.requireSameRows(task);
    FitFigures.Held held = FitFigures.Held.of(task, saved.model().startingIn(task.signals()));
    return new Figures(held.test(), held.valid(), null, null);
  }

  @Override
  public Forecaster forecaster(CsvConfig table, boolean own) throws IOException {
    Signals signals =
        Signals.read(Path.of(table.file()), table.format(), table.inputs(), table.targets());
    if (own) {
      saved.requireSameRows(saved.open(table));
    }
    FittedModel model = saved.model();
    return new PlantForecaster(table, model.startingIn(signals), signals);
  }

  @Override
  public Simulation simulate(Path csv, TableFormat format) throws IOException {
    return Simulation.of(saved.model(), data(), csv, format);
  }
}
