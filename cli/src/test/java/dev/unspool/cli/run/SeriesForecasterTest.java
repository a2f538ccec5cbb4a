// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.unspool.model.Parameters;
import dev.unspool.predict.Normal;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forecasts of models whose distributions are known: y ← 0.8·y + noise of deviation 0.5. */
final class SeriesForecasterTest {
  private static final double SLOPE = 0.8;
  private static final double NOISE = 0.5;
  private static final double LAST = 3;
  private static final int PATHS = 40_000;

  @TempDir Path folder;

  private SeriesData data(OutputConfig output) throws IOException {
    var lines = new ArrayList<String>(List.of("y"));
    for (int row = 0; row < 60; row++) {
      lines.add(Double.toString(Math.sin(row)));
    }
    lines.add(Double.toString(LAST));
    Path table = Files.write(folder.resolve("table.csv"), lines);
    return SeriesData.open(
        CsvConfig.of(
            TableFile.of(table, new TableFormat(',', '.', false)),
            ColumnRoles.of(List.of("y"), List.of("y")),
            output,
            SeriesScale.NONE,
            new HeldOut(0, 0)));
  }

  private static OutputConfig output(List<Integer> horizons, SeriesLoss loss, Double... p) {
    return new OutputConfig(horizons, dev.unspool.cli.run.Prediction.LEVEL, loss, List.of(p));
  }

  private static TrainedModel model(StepProgram program) {
    return new TrainedModel(program, new Parameters(program.parameters()), null);
  }

  private static List<Prediction> forecast(
      SeriesData data, TrainedModel model, int steps, Sampling sampling) throws RunException {
    var forecast = new ArrayList<Prediction>();
    try (var forecaster = new SeriesForecaster(data, model, sampling)) {
      forecaster.run(steps, null, forecast::add);
    }
    assertEquals(steps, forecast.size());
    return forecast;
  }

  private static double deviation(int steps) {
    return NOISE * Math.sqrt((1 - Math.pow(SLOPE, 2 * steps)) / (1 - SLOPE * SLOPE));
  }

  @Test
  void pathsOfANormalDistributionSpreadAsTheyMust() throws IOException {
    var program =
        StepProgram.of(1, (s, x) -> s.join(x.times(SLOPE), x.times(0).plus(2 * Math.log(NOISE))));
    var data = data(output(List.of(1), SeriesLoss.GAUSSIAN, 0.05, 0.9));
    List<Prediction> forecast = forecast(data, model(program), 8, new Sampling(PATHS, 7));
    for (int i = 0; i < forecast.size(); i++) {
      Prediction step = forecast.get(i);
      double mean = LAST * Math.pow(SLOPE, i + 1);
      double spread = deviation(i + 1);
      assertEquals(61 + i, step.row());
      assertEquals(mean, step.values()[0], 0.02);
      double[] deviations = step.deviations();
      assertNotNull(deviations);
      assertEquals(spread, deviations[0], 0.02);
      assertEquals(mean + spread * Normal.quantile(0.05), step.quantiles()[0][0], 0.04);
      assertEquals(mean + spread * Normal.quantile(0.9), step.quantiles()[0][1], 0.04);
    }
    var straight =
        forecast(data(output(List.of(1), SeriesLoss.GAUSSIAN)), model(program), 3, Sampling.NONE);
    double[] deviations = straight.getLast().deviations();
    assertNotNull(deviations);
    assertEquals(NOISE, deviations[0], 1e-6, "as if the past were certain");
    assertEquals(LAST * Math.pow(SLOPE, 3), straight.getLast().values()[0], 1e-5);
  }

  /** Three quantiles of a normal distribution, with the tails that follow from them. */
  @Test
  void pathsOfQuantilesSpreadAsTheyMust() throws IOException {
    var levels = new Double[] {0.05, 0.5, 0.95};
    var program =
        StepProgram.of(
            1,
            (s, x) ->
                s.join(
                    x.times(SLOPE).plus(NOISE * Normal.quantile(levels[0])),
                    x.times(SLOPE),
                    x.times(SLOPE).plus(NOISE * Normal.quantile(levels[2]))));
    var data = data(output(List.of(1), SeriesLoss.QUANTILE, levels));
    List<Prediction> forecast = forecast(data, model(program), 6, new Sampling(PATHS, 3));
    for (int i = 0; i < forecast.size(); i++) {
      double mean = LAST * Math.pow(SLOPE, i + 1);
      for (int q = 0; q < levels.length; q++) {
        double expected = mean + deviation(i + 1) * Normal.quantile(levels[q]);
        assertEquals(expected, forecast.get(i).quantiles()[0][q], 0.04, "row " + i);
      }
      assertEquals(forecast.get(i).quantiles()[0][1], forecast.get(i).values()[0]);
    }
  }

  /** Outputs say at which row and horizon they were made: row number + horizon/10 + 100 a hop. */
  @Test
  void ofEachRowCountsWhatTheNewestSeenRowSaid() throws IOException {
    var program =
        StepProgram.of(
            1,
            (s, x) -> {
              Signal count = s.state("count", 1);
              Signal now = s.next(count, count.plus(1)).plus(-1); // the row that is read
              return s.join(now.plus(0.1), now.plus(0.4));
            });
    var data = data(output(List.of(1, 4), SeriesLoss.MSE));
    List<Prediction> forecast = forecast(data, model(program), 9, Sampling.NONE);
    double[] by = {60.1, 58.4, 59.4, 60.4, 61.4, 62.4, 63.4, 64.4, 65.4};
    for (int i = 0; i < by.length; i++) {
      assertEquals(by[i], forecast.get(i).values()[0], 1e-4, "row " + forecast.get(i).row());
    }
  }

  /** Rows 61 to 63 are said by one step; the mean of the first two varies as much as each. */
  @Test
  void whatOneStepSaysIsDrawnWithOneRank() throws IOException {
    var program =
        StepProgram.of(
            1,
            (s, x) -> {
              Signal before = s.state("before", 1);
              Signal mean = x.plus(before).times(0.5);
              s.next(before, x);
              Signal certain = x.times(0);
              return s.join(mean, mean, mean, certain, certain, certain);
            });
    var data = data(output(List.of(1, 2, 3), SeriesLoss.GAUSSIAN));
    List<Prediction> forecast = forecast(data, model(program), 5, new Sampling(PATHS, 5));
    double[] expected = {1, 1, 1, Math.sqrt(1 + 0.25), Math.sqrt(1 + 1)};
    for (int i = 0; i < expected.length; i++) {
      double[] deviations = forecast.get(i).deviations();
      assertNotNull(deviations);
      assertEquals(expected[i], deviations[0], i < 3 ? 1e-6 : 0.02, "row " + (61 + i));
    }
  }
}
