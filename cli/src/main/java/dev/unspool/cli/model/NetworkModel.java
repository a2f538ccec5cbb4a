// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.Simulation;
import dev.unspool.cli.fit.Trace;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.JudgementConfig;
import dev.unspool.cli.run.MappedData;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesData;
import dev.unspool.cli.run.SeriesForecaster;
import dev.unspool.cli.run.SeriesLoss;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.network.Network;
import dev.unspool.predict.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network that predicts columns of a table from the rows before.
 *
 * @param config of its run
 * @param architecture of the network
 * @param trained the network and its weights
 */
public record NetworkModel(RunConfig config, Architecture architecture, TrainedModel trained)
    implements TableModel {
  static NetworkModel read(RunFolder folder, RunConfig config) throws IOException {
    Architecture architecture = folder.architecture(config);
    var network = new Network(config.spec(architecture));
    TrainedModel trained = TrainedModel.read(folder, config, network.program());
    return new NetworkModel(config, architecture, trained);
  }

  @Override
  public CsvConfig data() {
    return config.requireCsv();
  }

  @Override
  public @Nullable String certain() {
    SeriesLoss loss = data().loss();
    return loss == SeriesLoss.GAUSSIAN || loss == SeriesLoss.QUANTILE
        ? null
        : "this one was trained with --loss %s, not gaussian or quantile"
            .formatted(Labels.of(loss));
  }

  @Override
  public Figures evaluate(CsvConfig table, boolean own, Stop stop) throws IOException {
    try (SeriesTask task = SeriesTask.open(table, architecture)) {
      if (own) {
        task.requireUnchanged();
      }
      return MappedData.read(
          config.with(table),
          () ->
              own
                  ? task.figures(trained.theta(), stop)
                  : task.figuresOfAll(trained.theta(), warmUp(), stop));
    }
  }

  @Override
  public Figures evaluate(
      CsvConfig table, JudgementConfig how, RunFolder folder, Consumer<String> remarks, Stop stop)
      throws IOException {
    try (SeriesTask task = SeriesTask.open(table, architecture)) {
      task.requireUnchanged();
      task.judgeBy(how);
      Figures figures =
          MappedData.read(config.with(table), () -> task.figures(trained.theta(), stop));
      task.remarks().forEach(remarks);
      task.keepJudged(folder);
      task.drawHorizons(folder.horizonChart());
      return figures;
    }
  }

  @Override
  public Forecaster forecaster(CsvConfig table, boolean own, @Nullable Sampling sampling)
      throws IOException {
    var notes = new ArrayList<String>();
    SeriesData data = own ? SeriesData.open(table) : SeriesData.after(data(), table, notes);
    try {
      if (own) {
        data.requireUnchanged();
      }
      return new SeriesForecaster(
          data, trained, sampling != null ? sampling : Sampling.DEFAULT, notes);
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A network whose targets are among its inputs sees as many of their first rows as its
   * derivatives went back; from then on its own predictions.
   */
  @Override
  public Simulation simulate(CsvConfig table) throws IOException {
    Path csv = Path.of(table.file());
    List<String> header = table.format().open(csv).header();
    List<String> missing = table.targets().stream().filter(t -> !header.contains(t)).toList();
    boolean fedBack = table.targets().stream().anyMatch(table.inputs()::contains);
    if (fedBack && !missing.isEmpty()) {
      throw new RunException(
          "%s has no column %s, whose first %s the model must see"
              .formatted(csv, CsvLine.list(missing), Numbers.count(seen(), "row")));
    }
    List<String> columns =
        table.columns().stream().filter(column -> !missing.contains(column)).toList();
    try (SeriesData rows = SeriesData.open(table, columns)) {
      long known = fedBack ? seen() : Math.max(table.horizon(), warmUp());
      int steps = Math.toIntExact(rows.table().rows() - known);
      if (steps < 1) {
        throw new RunException(
            "%s has %s; the model must see %s and leaves none to simulate"
                .formatted(csv, Numbers.count(rows.table().rows(), "row"), known));
      }
      return simulate(rows, known, steps, missing);
    }
  }

  private Simulation simulate(SeriesData rows, long known, int steps, List<String> missing)
      throws IOException {
    int width = rows.config().targets().size();
    double[] simulated = new double[Math.multiplyExact(steps, width)];
    var forecaster = new SeriesForecaster(rows, trained, known);
    forecaster.requireInTable(steps);
    forecaster.run(
        steps,
        null,
        step ->
            System.arraycopy(
                step.values(), 0, simulated, (int) (step.row() - known) * width, width));
    double[] measured = new double[missing.isEmpty() ? simulated.length : 0];
    for (int i = 0; i < measured.length; i++) {
      measured[i] = rows.truth(known + i / width, i % width);
    }
    var notes = new ArrayList<String>();
    if (rows.table().skippedRows() > 0) {
      notes.add(
          "left out %s of %s, and rows are counted without them"
              .formatted(
                  Numbers.count(rows.table().skippedRows(), "bad row"), rows.config().file()));
    }
    return Simulation.of(
        rows.config(),
        forecaster.resolution(),
        rows.axis(),
        new Trace(Math.toIntExact(known), steps, width, measured, simulated),
        (column, row) -> rows.table().get(row, rows.table().column(column)),
        missing,
        notes);
  }

  /** Rows at the beginning of a table that do not count, as they did not when it was fitted. */
  private int warmUp() {
    return config.fitting() == null ? 0 : config.fitting().settling();
  }

  private long seen() {
    return Math.max(data().horizon(), config.depth());
  }
}
