// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.unspool.cli.fit.Simulation;
import dev.unspool.cli.fit.Trace;
import dev.unspool.cli.model.TableModel;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.UsageException;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unspool simulate}. */
@Command(
    name = "simulate",
    header = "Simulate the answer of a plant to new inputs.",
    description = {
      "",
      "Where the table also has the targets, the run begins as 'fit --initial' said: with the rows of"
          + " the longest delay, at rest, or with outputs estimated from the first rows. The rest is"
          + " compared with them, and the agreement goes to standard error. Where it has no targets,"
          + " the plant was at rest before the first row.",
      "",
      "A network whose targets are among its inputs sees their first rows, as many as its derivatives"
          + " went back, and from then on its own predictions.",
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool simulate --model runs/plant-fit --csv inputs.csv > answer.csv",
      "  unspool simulate --model runs/plant-fit --csv newer.csv --plot newer.png --json",
    })
final class Simulate implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Folder that 'unspool fit' or 'unspool train' made.")
  @Nullable Path model;

  @Option(names = "--csv", paramLabel = "FILE", description = "Table with the inputs.")
  @Nullable Path csv;

  @Option(
      names = "--plot",
      paramLabel = "PNG",
      description = "Draw the first target, with its measurement if there is one.")
  @Nullable Path plot;

  @Mixin FormatOptions format = new FormatOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (model == null || csv == null) {
      throw new UsageException("a simulation needs --model DIR and --csv FILE");
    }
    RunFolder folder = RunFolder.open(model);
    Destination.requirePicture(plot, List.of(model), csv);
    TableModel trained = TableModel.read(folder, folder.readConfig());
    Simulation simulation =
        trained.simulate(
            format.at(
                trained.data(), csv.toString(), format.format(trained.data().format(), true)));
    Console console = common.console();
    if (trained.standing() != null) {
      console.warn("%s: %s".formatted(model, trained.standing()));
    }
    simulation.notes().forEach(console::note);
    if (common.json) {
      console.result(json(simulation).toString());
    } else {
      print(console, simulation);
    }
    if (plot != null) {
      Path png = plot;
      Picture.ask(png, () -> simulation.draw(png));
    }
    return 0;
  }

  private static void print(Console console, Simulation simulation) {
    Trace trace = simulation.trace();
    TimeAxis axis = simulation.axis();
    var header = new ArrayList<String>(axis == null ? List.of("row") : List.of("row", "time"));
    simulation.targets().forEach(target -> header.add(CsvLine.quoted(target)));
    console.row(String.join(",", header));
    for (int t = 0; t < trace.rows(); t++) {
      var line = new StringBuilder().append(trace.firstRow() + t);
      if (axis != null) {
        line.append(',').append(axis.label(trace.firstRow() + (long) t));
      }
      for (int i = 0; i < trace.targets(); i++) {
        double value = trace.simulated()[t * trace.targets() + i];
        line.append(',').append(Numbers.decimal(value, simulation.resolution()[i]));
      }
      console.row(line.toString());
    }
  }

  private static JsonObject json(Simulation simulation) {
    Trace trace = simulation.trace();
    var targets = new JsonObject();
    for (int i = 0; i < trace.targets(); i++) {
      var column = new JsonArray();
      for (int t = 0; t < trace.rows(); t++) {
        double value = trace.simulated()[t * trace.targets() + i];
        if (Double.isFinite(value)) {
          column.add(value);
        } else {
          column.add(JsonNull.INSTANCE);
        }
      }
      targets.add(simulation.targets().get(i), column);
    }
    var json = simulation.figures();
    json.addProperty("first_row", trace.firstRow());
    TimeAxis axis = simulation.axis();
    if (axis != null) {
      var times = new JsonArray();
      for (int t = 0; t < trace.rows(); t++) {
        times.add(axis.label(trace.firstRow() + (long) t));
      }
      json.add("times", times);
    }
    json.add("targets", targets);
    return json;
  }
}
