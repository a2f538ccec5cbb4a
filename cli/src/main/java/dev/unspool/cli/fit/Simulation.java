// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.narx.InitialOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A free run of a fitted model over a table.
 *
 * @param targets names of the targets
 * @param trace what came out
 * @param part how well it agrees with the measurement, if there is one
 * @param notes what people should know about it
 */
public record Simulation(
    List<String> targets, Trace trace, FitFigures.@Nullable Part part, List<String> notes) {

  /** An input so many deviations away is no input of the same plant. */
  private static final int FAR = 10;

  /** Runs a model over all rows of a table. */
  public static Simulation of(
      FittedModel model, FitFolder.Description description, Path csv, TableFormat format)
      throws IOException {
    FitData data = description.data();
    List<String> header = format.open(csv).header();
    boolean measured = header.containsAll(data.targets());
    Signals signals =
        Signals.read(csv, format, data.inputs(), measured ? data.targets() : List.of());
    int given = measured ? model.lead() : 0;
    if (signals.rows() <= given) {
      throw new RunException(
          "%s has %s; the first %s are measured or warm-up and leave none to simulate"
              .formatted(csv, Numbers.count(signals.rows(), "row"), given));
    }
    var notes = new ArrayList<>(farInputs(signals, description));
    if (signals.skippedRows() > 0) {
      notes.add(
          "left out %s of %s, and rows are counted without them"
              .formatted(Numbers.count(signals.skippedRows(), "bad row"), csv));
    }
    Trace trace;
    FitFigures.Part part = null;
    if (measured) {
      if (!model.canStartIn(signals)) {
        notes.add(csv + model.cannotStart());
      } else if (model.initial() == InitialOutputs.ESTIMATED) {
        notes.add(
            "outputs before the first row are estimated from the first %s"
                .formatted(Numbers.count(Math.min(signals.rows(), model.rowsOfEstimate()), "row")));
      }
      trace = model.startingIn(signals).simulate(signals, 0, signals.rows());
      part = FitFigures.Part.of(data.targets(), trace, null);
      String rows = Numbers.count(trace.rows(), "row");
      part.each()
          .forEach(
              (target, figures) -> {
                if (figures.rmse() != null) {
                  String name = target.isEmpty() ? "" : target + ": ";
                  notes.add("%s%s over %s".formatted(name, figures.line(), rows));
                }
              });
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
    if (trace.divergesAt() >= 0) {
      notes.add("the simulation diverges at row " + trace.divergesAt());
    }
    return new Simulation(data.targets(), trace, part, notes);
  }

  /** Inputs in which the model cannot know the plant, one line each. */
  private static List<String> farInputs(Signals signals, FitFolder.Description description) {
    var lines = new ArrayList<String>();
    Scale scale = description.inputScale();
    for (int i = 0; i < scale.width(); i++) {
      double offset = scale.offsets().get(i);
      double factor = scale.factors().get(i);
      double farthest = offset;
      for (double value : signals.input(i, 0, signals.rows())) {
        farthest = Math.abs(value - offset) > Math.abs(farthest - offset) ? value : farthest;
      }
      double deviations = Math.abs(farthest - offset) / factor;
      if (description.data().normalise() != Normalising.NONE && deviations > FAR) {
        lines.add(
            "input '%s' goes to %s, %s deviations from %s, about which the model was fitted: are the units the same?"
                .formatted(
                    description.data().inputs().get(i),
                    Numbers.of(farthest),
                    Math.round(deviations),
                    Numbers.of(offset)));
      }
    }
    return lines;
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
    Pictures.simulation(png, title, targets.getFirst(), trace);
  }
}
