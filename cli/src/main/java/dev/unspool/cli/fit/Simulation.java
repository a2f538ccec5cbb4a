// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FreeRunFigures;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.data.Normalisation;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A free run of a model over a table.
 *
 * @param targets names of the targets
 * @param resolution of each target: finer differences of values say nothing
 * @param axis when rows are; null where nobody knows
 * @param trace what came out
 * @param part how well it agrees with the measurement, if there is one
 * @param notes what people should know about it
 */
public record Simulation(
    List<String> targets,
    double[] resolution,
    @Nullable TimeAxis axis,
    Trace trace,
    @Nullable FreeRunFigures part,
    List<String> notes) {

  /** The values of a table. */
  @FunctionalInterface
  public interface Cells {
    /** One of them. */
    double at(String column, long row);
  }

  /** An input so many deviations away is no input of the same plant. */
  private static final int FAR = 10;

  /** Runs a model over all rows of a table. */
  public static Simulation of(FittedModel model, CsvConfig data) throws IOException {
    Path csv = Path.of(data.file());
    List<String> header = data.format().open(csv).header();
    boolean measured = header.containsAll(data.targets());
    TimeConfig time = data.time();
    CsvConfig read = time != null && !header.containsAll(time.columns()) ? data.untimed() : data;
    Signals signals;
    TimeAxis axis;
    try (Measured rows = Measured.read(read, measured ? data.columns() : data.inputs())) {
      signals = Signals.of(csv, rows.table(), data.inputs(), measured ? data.targets() : List.of());
      axis = rows.axis();
    }
    int given = measured ? model.lead() : 0;
    if (signals.rows() <= given) {
      throw new RunException(
          "%s has %s; the first %s are measured or warm-up and leave none to simulate"
              .formatted(csv, Numbers.count(signals.rows(), "row"), given));
    }
    var notes = new ArrayList<String>();
    if (signals.skippedRows() > 0) {
      notes.add(
          "left out %s of %s, and rows are counted without them"
              .formatted(Numbers.count(signals.skippedRows(), "bad row"), csv));
    }
    Trace trace;
    if (measured) {
      if (!model.canStartIn(signals)) {
        notes.add(csv + model.cannotStart());
      } else if (model.initial() == InitialOutputs.ESTIMATED) {
        notes.add(
            "outputs before the first row are estimated from the first %s"
                .formatted(Numbers.count(Math.min(signals.rows(), model.rowsOfEstimate()), "row")));
      }
      trace = model.startingIn(signals).simulate(signals, 0, signals.rows());
    } else {
      trace = model.simulateFromRest(signals);
      notes.add(
          "%s has no column %s: nothing is compared, and the plant is taken to have been at %s before the first row"
              .formatted(
                  csv,
                  CsvLine.list(
                      data.targets().stream().filter(one -> !header.contains(one)).toList()),
                  data.normalise().rest()));
    }
    return of(
        data,
        model.resolution(),
        axis,
        trace,
        (column, row) -> signals.input(data.inputs().indexOf(column), (int) row, (int) row + 1)[0],
        measured ? List.of() : data.targets(),
        notes);
  }

  /**
   * What a run over a table has come to.
   *
   * @param data the table
   * @param axis when its rows are; null where nobody knows
   * @param inputs its values
   * @param missing targets that the table does not have; where there are any, nothing is compared
   * @param notes what people should know beside what is found here
   */
  public static Simulation of(
      CsvConfig data,
      double[] resolution,
      @Nullable TimeAxis axis,
      Trace trace,
      Cells inputs,
      List<String> missing,
      List<String> notes) {
    var all = new ArrayList<>(farInputs(data, inputs, trace.firstRow() + trace.rows()));
    all.addAll(notes);
    FreeRunFigures part = null;
    if (missing.isEmpty()) {
      part = trace.figures(data.targets(), null);
      String rows = Numbers.count(trace.rows(), "row");
      part.each()
          .forEach(
              (target, figures) -> {
                if (figures.rmse() != null) {
                  String name = target.isEmpty() ? "" : target + ": ";
                  all.add("%s%s over %s".formatted(name, figures.line(), rows));
                }
              });
    }
    if (trace.divergesAt() >= 0) {
      long row = trace.divergesAt();
      all.add("the simulation diverges at " + (axis == null ? "row " + row : axis.label(row)));
    }
    return new Simulation(data.targets(), resolution, axis, trace, part, all);
  }

  /** Inputs in which the model cannot know the plant, one line each. */
  private static List<String> farInputs(CsvConfig data, Cells cells, int rows) {
    var lines = new ArrayList<String>();
    Normalisation scales = Objects.requireNonNull(data.facts()).normalisation();
    for (String input : data.normalise() == SeriesScale.NONE ? List.<String>of() : data.inputs()) {
      double offset = scales.mean(scales.indexOf(input));
      double farthest = offset;
      for (long row = 0; row < rows; row++) {
        double value = cells.at(input, row);
        farthest = Math.abs(value - offset) > Math.abs(farthest - offset) ? value : farthest;
      }
      double deviations = Math.abs(farthest - offset) / scales.deviation(scales.indexOf(input));
      if (deviations > FAR) {
        lines.add(
            "input '%s' goes to %s, %s deviations from %s, about which the model was fitted: are the units the same?"
                .formatted(
                    input, Numbers.of(farthest), Math.round(deviations), Numbers.of(offset)));
      }
    }
    return lines;
  }

  /**
   * The agreement.
   *
   * @throws RunException if nothing was measured
   */
  public FreeRunFigures requirePart(CsvConfig data) throws RunException {
    if (part == null) {
      throw new RunException(
          "%s has no column %s to compare with".formatted(data.file(), CsvLine.list(targets)));
    }
    return part;
  }

  /** The agreement, empty if nothing was measured. */
  public JsonObject figures() {
    return part == null ? new JsonObject() : part.json();
  }

  /** Draws the first target. */
  public void draw(Path png) throws IOException {
    String title = "Free run";
    if (part != null && part.fitPercent() != null) {
      title += ", fit " + Numbers.percent(part.fitPercent());
    }
    Pictures.simulation(png, title, targets.getFirst(), axis, trace);
  }
}
