// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.judge.Judgement;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.predict.TimeAxis;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Forecasting columns of a table by a network. */
public final class SeriesTask implements Task {
  private final SeriesData data;
  private final Architecture architecture;
  private final Network network;
  private JudgementConfig how;
  private @Nullable Judgement judged;
  private List<String> remarks = List.of();

  private SeriesTask(SeriesData data, Architecture architecture, Network network) {
    this.data = data;
    this.architecture = architecture;
    this.network = network;
    this.how = data.config().judged();
  }

  /**
   * Reads the table.
   *
   * @throws UsageException if a column is not there
   */
  public static SeriesTask open(CsvConfig config, Architecture architecture) throws IOException {
    return of(SeriesData.open(config), architecture);
  }

  /**
   * Reads the table of a new run that goes on from an earlier one.
   *
   * @param config with what was found in the table of the earlier run
   * @param rescale whether its scales are measured anew
   */
  public static SeriesTask anew(CsvConfig config, boolean rescale, Architecture architecture)
      throws IOException {
    return of(SeriesData.anew(config, rescale), architecture);
  }

  /**
   * Reads a table that has grown since a run has learned from it.
   *
   * @param config with what was found in it then
   * @param rescale whether scales are measured anew
   * @throws RunException if it does not begin with the rows that were learned from
   */
  public static SeriesTask grown(CsvConfig config, boolean rescale, Architecture architecture)
      throws IOException {
    return of(SeriesData.grown(config, rescale), architecture);
  }

  private static SeriesTask of(SeriesData data, Architecture architecture) {
    try {
      var input = new Input.Numeric(data.seen().count());
      var network = architecture.network(input, data.config().outputCount());
      return new SeriesTask(data, architecture, network);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /** The table. */
  public SeriesData data() {
    return data;
  }

  /** The configuration, with what was found in the file. */
  public CsvConfig config() {
    return data.config();
  }

  @Override
  public void requireUnchanged() throws IOException {
    data.requireUnchanged();
  }

  @Override
  public void keep(RunFolder folder) throws IOException {
    architecture.keep(folder);
  }

  @Override
  public StepProgram program() {
    return network.program();
  }

  @Override
  public String describe() {
    return network.toString();
  }

  @Override
  public Parameters initialise(RandomGenerator random) {
    return network.initialise(architecture.config().initialisation(), random);
  }

  @Override
  public Loss loss() {
    return config().output().function();
  }

  @Override
  public boolean isLayered() {
    return architecture.config().layers() > 1;
  }

  @Override
  public String lossUnit() {
    return switch (config().loss()) {
      case MSE -> "mean squared error (normalised)";
      case HUBER -> "Huber loss (normalised)";
      case GAUSSIAN -> "negative log-likelihood (normalised)";
      case QUANTILE -> "quantile loss (normalised)";
    };
  }

  @Override
  public BlockSource training(int lanes) {
    return data.source(data.split().train(), lanes, 0);
  }

  @Override
  public boolean validates() {
    return !data.split().valid().isEmpty();
  }

  private SeriesJudge judge(Parameters theta, Stop stop) {
    return new SeriesJudge(data, network, theta, loss(), stop);
  }

  @Override
  public double validate(Parameters theta, Stop stop) {
    return judge(theta, stop).loss(data.split().valid());
  }

  /** Says how forecasts are judged from now on. */
  public void judgeBy(JudgementConfig config) {
    how = config;
  }

  @Override
  public Figures figures(Parameters theta, Stop stop) {
    var horizons = new SeriesHorizons(data, how, network, theta, stop);
    SeriesHorizons.Judged found = horizons.judge();
    if (found == null) {
      judged = null;
      remarks = List.of();
      return new Figures(null, judge(theta, stop).score(data.split().valid()), null, null);
    }
    judged = found.byHorizon();
    remarks = horizons.remarks();
    return new Figures(found.test().with(judged.figures()), found.valid(), null, null);
  }

  @Override
  public List<String> remarks() {
    return remarks;
  }

  @Override
  public void keepJudged(RunFolder folder) throws IOException {
    if (judged != null) {
      var resolution = new LinkedHashMap<String, Double>();
      data.targets()
          .forEach(
              target ->
                  resolution.put(
                      target.name(),
                      target.said().units().getFirst() * SeriesForecaster.RESOLUTION));
      TimeAxis axis = data.axis();
      judged.writePredictions(folder.predictions(), axis == null ? null : axis::label, resolution);
      judged.writeBands(folder.bands());
      judged.writeCombination(folder.combination());
    }
  }

  @Override
  public void drawHorizons(Path png) throws IOException {
    if (judged != null && judged.isDrawn()) {
      judged.draw(png);
    }
  }

  /**
   * The figures of all rows, as of a table that the run has never seen.
   *
   * @param warmUp number of rows at the beginning that do not count, in which the state settles
   * @throws Stop.Asked if the run is to end
   */
  public Figures figuresOfAll(Parameters theta, int warmUp, Stop stop) throws RunException {
    long rows = data.end();
    int horizon = config().nearest();
    long least = Math.max(horizon, warmUp);
    if (rows <= least) {
      throw new RunException(
          "%s has %s; a %s of %s needs at least %s"
              .formatted(
                  config().file(),
                  Numbers.count(rows, "row"),
                  warmUp > horizon ? "warm-up" : "horizon",
                  least,
                  least + 1));
    }
    return new Figures(null, null, judge(theta, stop).score(new Range(warmUp, rows)), null);
  }

  @Override
  public void drawForecast(Path png, Parameters theta, Stop stop) throws IOException {
    judge(theta, stop).draw(png);
  }

  @Override
  public void close() {
    data.close();
  }
}
