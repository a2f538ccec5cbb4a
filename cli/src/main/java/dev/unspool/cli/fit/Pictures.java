// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.FitCharts;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.run.FitStep;
import dev.unspool.narx.Correlation;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pictures that a fit leaves; of several targets and inputs, those of the first. */
final class Pictures {
  private static final int CHART_ROWS = 2_000;
  private static final int LAGS = 25;

  private Pictures() {}

  /**
   * Draws all of them, or says which are missing and why.
   *
   * @param part that {@code trace} is of
   * @param name of the part
   * @param figures say which start did best, and where
   */
  static void draw(
      Console console,
      FitFolder folder,
      FitTask task,
      FitTask.Part part,
      Trace trace,
      String name,
      List<FitStep> steps,
      FitFigures figures) {
    Integer best = figures.bestIteration();
    int kept = best == null ? 0 : best;
    Path simulation = folder.simulationChart();
    Picture.attempt(console, simulation, () -> simulation(simulation, task, part, trace, name));
    Picture.attempt(
        console, folder.residualsChart(), () -> residuals(folder, task, part, trace, name));
    Picture.attempt(
        console,
        folder.convergenceChart(),
        () -> convergence(folder.convergenceChart(), unit(task), steps, figures.start(), kept));
  }

  /** Draws a free run over a part. */
  static void simulation(Path png, FitTask task, FitTask.Part part, Trace trace, String name)
      throws IOException {
    simulation(
        png,
        "%s part: free run, %s".formatted(name, percent(trace)),
        task.data().targets().getFirst(),
        task.axis(part),
        trace);
  }

  /** Draws the newest rows of the first target. */
  static void simulation(
      Path png, String title, String target, @Nullable TimeAxis axis, Trace trace)
      throws IOException {
    var rows = new ArrayList<Long>();
    var measured = new ArrayList<Double>();
    var simulated = new ArrayList<Double>();
    for (int t = Math.max(0, trace.rows() - CHART_ROWS); t < trace.rows(); t++) {
      double value = trace.simulated()[t * trace.targets()];
      if (!Double.isFinite(value)) {
        break;
      }
      rows.add((long) trace.firstRow() + t);
      simulated.add(value);
      if (trace.measured().length > 0) {
        measured.add(trace.measured()[t * trace.targets()]);
      }
    }
    FitCharts.simulation(png, title, target, axis, rows, measured, simulated);
  }

  private static String percent(Trace trace) {
    return "fit " + Numbers.percent(trace.agreements().getFirst().fitPercent());
  }

  private static void residuals(
      FitFolder folder, FitTask task, FitTask.Part part, Trace trace, String name)
      throws IOException {
    int lags = Math.min(LAGS, trace.rows() - 1);
    if (lags < 1 || trace.divergesAt() >= 0) {
      return;
    }
    double[] residuals = trace.residuals(0);
    double[] input = part.signals().input(0, trace.firstRow(), trace.firstRow() + trace.rows());
    double auto = Correlation.autoDeviation(residuals.length);
    double cross = Correlation.crossDeviation(residuals, input, lags);
    FitCharts.residuals(
        folder.residualsChart(),
        "%s part: residuals of %s".formatted(name, task.data().targets().getFirst()),
        task.data().inputs().getFirst(),
        new FitCharts.Correlogram(
            0,
            Correlation.auto(residuals, lags),
            Correlation.DEVIATIONS_95 * auto,
            Correlation.DEVIATIONS_99 * auto),
        new FitCharts.Correlogram(
            -lags,
            Correlation.cross(residuals, input, lags),
            Correlation.DEVIATIONS_95 * cross,
            Correlation.DEVIATIONS_99 * cross));
  }

  private static String unit(FitTask task) {
    return task.data().targets().size() == 1
        ? "RMSE of " + task.data().targets().getFirst()
        : task.normalised() ? "RMSE (normalised)" : "RMSE";
  }

  /**
   * Draws the errors by iteration.
   *
   * @param unit of the errors
   * @param start that did best
   * @param kept its iteration that was kept; 0 if that is not known
   */
  static void convergence(Path png, String unit, List<FitStep> steps, int start, int kept)
      throws IOException {
    var curves = new ArrayList<FitCharts.Curve>();
    for (int s = 1; s <= steps.stream().mapToInt(FitStep::start).max().orElse(0); s++) {
      int number = s;
      List<FitStep> own = steps.stream().filter(step -> step.start() == number).toList();
      curves.add(
          new FitCharts.Curve(
              number == start,
              own.stream().map(step -> (long) step.iteration()).toList(),
              own.stream().map(FitStep::rmse).toList(),
              own.stream().map(step -> orNaN(step.validation())).toList()));
    }
    FitCharts.convergence(png, unit, curves, kept);
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
