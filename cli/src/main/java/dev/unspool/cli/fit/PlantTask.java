// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.data.Range;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Table;
import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.narx.Identification;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Training a NARX model by backpropagation. Each lane begins with as many measured rows as the
 * longest delay, which do not count, nor do those of the warm-up after them; the first lane with
 * the first row of the table. The model is validated and judged in free runs, as a fit is.
 */
public final class PlantTask implements Task {
  private final FitTask measurements;
  private final Table table;

  private PlantTask(FitTask measurements, Table table) {
    this.measurements = measurements;
    this.table = table;
  }

  /**
   * Reads the table.
   *
   * @throws RunException with one line, if nothing can be learned from it
   */
  public static PlantTask open(CsvConfig data, Plant plant) throws IOException {
    return of(data, plant, data.facts() == null);
  }

  /**
   * Reads the table of a new run that keeps the scales of an earlier one.
   *
   * @param data with what was found in the table of the earlier run
   */
  public static PlantTask anew(CsvConfig data, Plant plant) throws IOException {
    return of(data, plant, true);
  }

  private static PlantTask of(CsvConfig data, Plant plant, boolean measures) throws IOException {
    Measured table = Measured.read(data, data.columns());
    try {
      return new PlantTask(FitTask.of(data, plant, table, measures), table.table());
    } catch (IOException | RuntimeException e) {
      table.close();
      throw e;
    }
  }

  /** The configuration, with what was found in the file. */
  public CsvConfig config() {
    return measurements.data();
  }

  /** What is trained. */
  Plant plant() {
    return measurements.plant();
  }

  /** Number of bad rows that were left out. */
  public long skippedRows() {
    return table.skippedRows();
  }

  /** What people should know about the data before they train on them, one line each. */
  public List<String> doubts() {
    return new Doubts(measurements).lines();
  }

  @Override
  public void requireUnchanged() throws RunException {
    measurements.requireUnchanged();
  }

  @Override
  public void keep(RunFolder folder) throws IOException {
    plant().keep(folder);
  }

  @Override
  public StepProgram program() {
    return measurements.empty().narx().guidedLoop();
  }

  @Override
  public String describe() {
    return plant().config().describe();
  }

  @Override
  public Parameters initialise(RandomGenerator random) {
    return measurements.empty().narx().initialise(random);
  }

  @Override
  public Loss loss() {
    return new MeanSquaredError();
  }

  @Override
  public boolean isLayered() {
    return false;
  }

  @Override
  public String lossUnit() {
    return "mean squared error (normalised)";
  }

  @Override
  public BlockSource training(int lanes) throws RunException {
    CsvConfig data = config();
    int past = measurements.empty().narx().spec().longestDelay();
    int lead = past + plant().config().freeRun().warmUp();
    int rows = measurements.train().to();
    if (rows - lead < lanes) {
      throw new RunException(
          "%s has %s for training; the longest delay and the warm-up take the first %s, and %s lanes need at least one each of the others: use fewer --lanes, smaller --valid and --test, or more data"
              .formatted(data.file(), rows, lead, lanes));
    }
    var columns = new ArrayList<>(data.inputs());
    columns.addAll(data.targets());
    SeriesSource measured =
        SeriesSource.builder(table)
            .range(new Range(lead, rows))
            .inputs(columns)
            .targets(data.targets())
            .horizon(0)
            .lanes(lanes)
            .normalisation(Objects.requireNonNull(data.facts()).normalisation())
            .warmUp(lead)
            .build();
    boolean always = plant().config().feed() == Identification.SERIES_PARALLEL;
    return new GuidedSource(measured, always ? Long.MAX_VALUE : past);
  }

  @Override
  public boolean validates() {
    return measurements.valid() != null;
  }

  @Override
  public double validate(Parameters theta, Stop stop) {
    stop.check();
    double error = measurements.validate(model(theta));
    return error * error;
  }

  @Override
  public Figures figures(Parameters theta, Stop stop) {
    stop.check();
    return measurements.held(model(theta));
  }

  @Override
  public void drawForecast(Path png, Parameters theta, Stop stop) throws IOException {
    stop.check();
    new Judgement(measurements, model(theta)).drawSimulation(png);
  }

  private FittedModel model(Parameters theta) {
    return measurements.empty().with(theta.toDoubles()).startingIn(measurements.signals());
  }

  @Override
  public void close() {
    table.close();
  }
}
